/** The annotation in which apply keeps what it applied last. */
import { compactJson } from '../printers/go-json.ts';
import type { AnyObject } from '../resources/requests.ts';

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

export const lastApplied = (object: AnyObject): string | undefined => object.metadata.annotations?.[lastAppliedAnnotation];

/** `object` with the annotation that describes it as it stands. */
export function withLastApplied(object: AnyObject): AnyObject {
  const plain = withoutLastApplied(object);
  const { annotations } = plain.metadata;
  return { ...plain, metadata: { ...plain.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: `${compactJson(plain)}\n` } } };
}

export function withoutLastApplied(object: AnyObject): AnyObject {
  const { [lastAppliedAnnotation]: _, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}
