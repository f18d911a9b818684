/** What to send so that an object becomes what a file says, and loses what the file said before and says no more. */
import { kinds } from '@t8s/api';
import { createThreeWayMergePatch, createThreeWayPatch } from '@t8s/codec';
import { apiVersionOf, type Resource } from '../../resources/resource.ts';

type Json = Record<string, unknown>;

/** Strategic for the kinds this client knows the lists of, a plain merge patch for others. */
export function threeWay(
  resource: Resource,
  versions: { original: Json; modified: Json; current: Json },
): { patch: Json; contentType: string } {
  const kind = kinds.find((k) => k.kind === resource.kind && k.group === resource.group && apiVersionOf(resource).endsWith(k.version));
  if (!kind) return { patch: createThreeWayMergePatch(versions), contentType: 'application/merge-patch+json' };
  return { patch: createThreeWayPatch({ ...versions, type: kind.schema }), contentType: 'application/strategic-merge-patch+json' };
}
