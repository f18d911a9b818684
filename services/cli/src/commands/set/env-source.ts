/** Where the values of variables come from: fields of ConfigMaps and Secrets, and of the pod itself. */
import type { EnvVar } from '@t8s/api';
import type { Located } from '../../resources/located.ts';
import { type AnyObject, getObject } from '../../resources/requests.ts';
import { parseTargets } from '../../resources/targets.ts';
import type { Session } from '../../session.ts';
import { Failure } from '../failure.ts';
import type { Flags } from '../verb.ts';

/** A variable for each key of `--from`, named after it. */
export async function variablesFrom(session: Session, flags: Flags): Promise<EnvVar[]> {
  const [target] = await parseTargets([flags.text('from')], session.discovery);
  if (!target?.name) return [];
  const { resource, name } = target;
  const field = { ConfigMap: 'configMapKeyRef', Secret: 'secretKeyRef' }[resource.kind];
  const object = await getObject(session.client, resource, { namespace: session.namespace, name });
  if (!field) throw new Failure(`error: unsupported resource specified in --from`);
  const keys = flags.list('keys');
  const found = Object.keys((object['data'] ?? {}) as object).sort();
  return found
    .filter((key) => keys.length === 0 || keys.includes(key))
    .map((key) => {
      const plain = key.replaceAll(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
      if (plain !== key) session.io.err(`Warning: key ${key} transferred to ${plain}\n`);
      return { name: flags.text('prefix') + plain, valueFrom: { [field]: { key, name } } };
    });
}

/** `A=b`, or where the value comes from. With `resolve` the value is fetched. */
export async function variableText(
  session: Session,
  variable: EnvVar,
  { located, resolve }: { located: Located; resolve: boolean },
): Promise<string> {
  const { name, value = '', valueFrom } = variable;
  if (!valueFrom) return `${name}=${value}`;
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  const reference = configMapKeyRef ?? secretKeyRef;
  const kind = configMapKeyRef ? 'configmap' : 'secret';
  if (resolve && reference) {
    const namespace = located.namespace;
    const object = await getObject(session.client, await session.discovery.find(kind), { namespace, name: reference.name });
    return `${name}=${textOf(object, reference.key, kind)}`;
  }
  if (reference) return `# ${name} from ${kind} ${reference.name}, key ${reference.key}`;
  if (fieldRef) return `# ${name} from field path ${fieldRef.fieldPath}`;
  return `# ${name} from resource ${resourceFieldRef?.resource} of container ${resourceFieldRef?.containerName ?? ''}`;
}

function textOf(object: AnyObject, key: string, kind: string): string {
  const text = ((object['data'] ?? {}) as Record<string, string>)[key];
  if (text === undefined) throw new Failure(`error: key ${key} not found in ${kind} ${object.metadata.name}`);
  return kind === 'secret' ? Buffer.from(text, 'base64').toString() : text;
}
