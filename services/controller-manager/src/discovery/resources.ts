/** What kinds of objects the API serves, by discovery: for controllers that work on every kind. */
import type { APIGroupList, APIResourceList } from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import { formatApiVersion, type KubeObject, parseApiVersion } from '@t8s/meta';

export interface DiscoveryFailure {
  groupVersion: string;
  message: string;
}

export interface Discovered {
  /** Every resource that can be listed, watched and deleted, once each, in the first version of its group that has it. */
  resources: ResourceRef<KubeObject>[];
  /** The same by `<apiVersion> <kind>`, in every version. */
  byKind: Map<string, ResourceRef<KubeObject>>;
  failures: DiscoveryFailure[];
}

export async function deletableResources(client: Client): Promise<Discovered> {
  const { groups } = await client.getJson<APIGroupList>('/apis');
  const versions = groups.flatMap(({ preferredVersion, versions: all }) => {
    const preferred = preferredVersion?.groupVersion;
    return [...new Set([...(preferred ? [preferred] : []), ...all.map(({ groupVersion }) => groupVersion)])];
  });
  const failures: DiscoveryFailure[] = [];
  const lists = await Promise.all(
    ['v1', ...versions].map(async (groupVersion): Promise<ResourceRef<KubeObject>[]> => {
      try {
        const list = await client.getJson<APIResourceList>(groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`);
        return deletable(groupVersion, list);
      } catch (error) {
        failures.push({ groupVersion, message: (error as Error).message });
        return [];
      }
    }),
  );
  const all = lists.flat();
  const first = new Map<string, ResourceRef<KubeObject>>();
  for (const resource of all) if (!first.has(resourceKey(resource))) first.set(resourceKey(resource), resource);
  return { resources: [...first.values()], byKind: new Map(all.map((r) => [`${formatApiVersion(r)} ${r.kind}`, r])), failures };
}

/** `group/resource`: the same in all versions. */
export const resourceKey = ({ group, resource }: Pick<ResourceRef<KubeObject>, 'group' | 'resource'>): string => `${group}/${resource}`;

function deletable(groupVersion: string, { resources }: APIResourceList): ResourceRef<KubeObject>[] {
  return resources
    .filter(({ name, verbs }) => !name.includes('/') && ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb)))
    .map(({ name, kind, namespaced }) => ({ ...parseApiVersion(groupVersion), resource: name, kind, namespaced }));
}
