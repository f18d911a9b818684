import { formatApiVersion, type KubeObject } from '@t8s/meta';
import type { ServedResource } from '../../context.ts';
import type { ServedResources } from '../../registry/served-resources.ts';
import { withConversions } from '../../registry/stored-form.ts';

/** What is served changes seldom, and every webhook asks: each list of all resources is searched once for each. */
const known = new WeakMap<readonly ServedResource[], Map<ServedResource, readonly ServedResource[]>>();

/** Other resources that show the same objects: other versions, or events of both groups. */
export function equivalentsOf(resource: ServedResource, { all }: ServedResources): readonly ServedResource[] {
  const found = known.get(all) ?? new Map<ServedResource, readonly ServedResource[]>();
  known.set(all, found);
  const equivalents =
    found.get(resource) ??
    all.filter((other) => other !== resource && other.storage === resource.storage && other.kind.resource === resource.kind.resource);
  found.set(resource, equivalents);
  return equivalents;
}

/** An object of a resource as an equivalent one shows it; a new one, unless they are the same. Throws what stands against a conversion. */
export async function asShownBy(object: KubeObject, from: ServedResource, to: ServedResource): Promise<KubeObject> {
  if (from === to) return object;
  const { form } = from;
  if (form) {
    const apiVersion = formatApiVersion(to.kind);
    return withConversions(() => structuredClone(form.inVersion(object, apiVersion)?.object ?? object));
  }
  const stored = from.kind.alias?.toStorage(structuredClone(object)) ?? structuredClone(object);
  return to.kind.alias?.fromStorage(stored) ?? stored;
}
