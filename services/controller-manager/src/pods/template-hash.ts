/** The name of a pod template: `pod-template-hash`, which keeps the replica sets of a deployment apart. */
import { isDeepStrictEqual } from 'node:util';
import type { PodTemplateSpec } from '@t8s/api';

export const hashLabel = 'pod-template-hash';
/** Letters that spell no words by accident (apimachinery's rand.SafeEncodeString). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A stable hash of the template; another collision count gives another hash. */
export function templateHash(template: PodTemplateSpec, collisionCount = 0): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(canonical(template) + (collisionCount > 0 ? collisionCount : '')))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return [...String(hash)].map((c) => alphabet[c.charCodeAt(0) % alphabet.length]).join('');
}

/** Whether two templates make the same pods: the hash label is the controller's own addition. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return isDeepStrictEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  const { creationTimestamp: _created, ...metadata } = template?.metadata ?? {};
  return { spec: template?.spec, metadata: { ...metadata, labels } };
}

/** JSON with sorted keys: equal objects give equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, v]) => v !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
    .join(',')}}`;
}
