/** What kubectl's client-side apply leaves behind, and how an object it managed comes under server-side apply. */
import type { KubeObject } from '@t8s/meta';
import { isObject } from '../own-field.ts';
import { checkType } from './check-type.ts';
import { compare } from './compare.ts';
import type { Managed } from './field-manager.ts';
import { difference, type FieldSet } from './field-set.ts';
import { toFieldSet } from './to-field-set.ts';
import { apiVersionOf } from './update.ts';

type Json = Record<string, unknown>;

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** All annotations together. Bytes of names and values. */
const maxAnnotations = 256 * 1024;

/** Fields that the last client-side apply set and nobody has changed since; undefined where there is no such configuration. */
export function fieldsOfLastApply(managed: Managed, live: KubeObject): FieldSet | undefined {
  const last = parse(live.metadata.annotations?.[lastAppliedAnnotation]);
  if (!last || last['apiVersion'] !== apiVersionOf(managed) || checkType(managed.type, last) !== undefined) return undefined;
  const { added, modified, removed } = compare({ type: managed.type, old: last, next: live as unknown as Json, skip: new Set() });
  return [modified, added, removed].reduce(difference, toFieldSet(managed.type, last));
}

function parse(text: string | undefined): Json | undefined {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Keeps the annotation, where there is one, at what was applied now, so that client-side apply can take over again. */
export function syncLastApplied(object: KubeObject, configuration: Json): void {
  const { annotations } = object.metadata;
  if (!annotations?.[lastAppliedAnnotation]) return;
  const text = `${JSON.stringify(sorted(withoutAnnotation(configuration)))}\n`;
  const next = { ...annotations, [lastAppliedAnnotation]: text };
  const size = Object.entries(next).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (size > maxAnnotations) delete (next as Record<string, string>)[lastAppliedAnnotation];
  object.metadata.annotations = next;
}

function withoutAnnotation(configuration: Json): Json {
  const { metadata } = configuration;
  if (!isObject(metadata) || !isObject(metadata['annotations'])) return configuration;
  const { [lastAppliedAnnotation]: _, ...annotations } = metadata['annotations'];
  return { ...configuration, metadata: { ...metadata, annotations } };
}

/** Go writes maps by sorted keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
