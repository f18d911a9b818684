/** What to send so that an object on the server becomes another one. */
import { kinds } from '@t8s/api';
import { createMergePatch, createTwoWayMergePatch } from '@t8s/codec';
import type { Located } from '../../resources/located.ts';
import type { AnyObject } from '../../resources/requests.ts';

/** Strategic for the kinds this client knows the lists of, a plain merge patch for others. */
export function twoWay(
  { object, resource }: Pick<Located, 'object' | 'resource'>,
  updated: AnyObject,
): { patch: Record<string, unknown>; contentType: string } {
  const kind = kinds.find((k) => k.kind === resource.kind && k.group === resource.group);
  if (!kind) return { patch: createMergePatch(object, updated), contentType: 'application/merge-patch+json' };
  return {
    patch: createTwoWayMergePatch({ from: object, to: updated, type: kind.schema }),
    contentType: 'application/strategic-merge-patch+json',
  };
}
