/** Objects from files of deploy/, brought into the cluster. */
import { readFileSync } from 'node:fs';
import { kinds } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus, type KubeObject } from '@t8s/meta';
import { parseAllDocuments } from 'yaml';

/** The objects of a YAML file with several documents. */
export function readManifest(file: string): KubeObject[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    if (document.errors[0]) throw new Error(`${file}: ${document.errors[0].message}`);
    return document.toJS() as KubeObject;
  });
}

/** Creates the object, or brings the fields it names to what it says. */
export async function ensureObject(client: Client, object: KubeObject): Promise<void> {
  const { name = '', namespace } = object.metadata;
  const kind = kinds.find((k) => k.kind === object.kind && (k.group === '' ? k.version : `${k.group}/${k.version}`) === object.apiVersion);
  if (!kind) throw new Error(`${object.apiVersion} ${object.kind} is no kind we know`);
  const resource = client.resource(kind);
  const ref = { name, ...(kind.namespaced && { namespace: namespace ?? 'default' }) };
  try {
    await resource.get(ref);
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
    await resource.create(kind.namespaced ? { ...object, metadata: { ...object.metadata, namespace: namespace ?? 'default' } } : object);
    return;
  }
  await resource.patch(ref, { type: 'merge', body: object });
}
