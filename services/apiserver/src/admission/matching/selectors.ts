import type { Namespace } from '@t8s/api';
import { type KubeObject, type LabelSelector, notFound, toSelector } from '@t8s/meta';
import { findObject } from '../../registry/find-object.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionRequest } from '../plugin.ts';

interface Selectors {
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
}

/** Whether a request's namespace and its object, new or old, have the labels asked for. Throws NotFound for a namespace that is not there. */
export async function selects(
  { namespaceSelector, objectSelector }: Selectors,
  request: AdmissionRequest,
  objects: ObjectStore,
): Promise<boolean> {
  return selectsObject(objectSelector, request) && (await selectsNamespace(namespaceSelector, request, objects));
}

function selectsObject(selector: LabelSelector | undefined, { object, old }: AdmissionRequest): boolean {
  const wanted = toSelector(selector ?? {});
  const fits = (one: KubeObject | undefined): boolean => one?.metadata !== undefined && wanted.matches(one.metadata.labels);
  return wanted.empty || fits(object) || fits(old);
}

/** What is in no namespace is exempt from none, but Namespaces are: by their own labels. */
async function selectsNamespace(selector: LabelSelector | undefined, request: AdmissionRequest, objects: ObjectStore): Promise<boolean> {
  const wanted = toSelector(selector ?? {});
  if (wanted.empty) return true;
  const { resource, subresource, operation, namespace, object } = request;
  const isNamespace = resource.storage === 'namespaces';
  if (isNamespace && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'))
    return wanted.matches(object?.metadata.labels);
  if (namespace === '') return !isNamespace || wanted.matches(undefined);
  return wanted.matches((await readNamespace(namespace, objects)).metadata.labels);
}

/** Throws NotFound. */
export async function readNamespace(name: string, objects: ObjectStore): Promise<Namespace> {
  const namespace = await findObject<Namespace>(objects, 'namespaces', name);
  if (!namespace) throw notFound({ group: '', resource: 'namespaces' }, name);
  return namespace;
}
