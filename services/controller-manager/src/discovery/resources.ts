/** What kinds of objects the API serves, by discovery: for controllers that work on every kind. */
import type { APIGroupList, APIResourceList } from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import { type KubeObject, parseApiVersion } from '@t8s/meta';

export interface DiscoveryFailure {
  groupVersion: string;
  message: string;
}

/** Every resource that can be listed, watched and deleted, once each, in its group's preferred version. */
export async function deletableResources(client: Client): Promise<{ resources: ResourceRef<KubeObject>[]; failures: DiscoveryFailure[] }> {
  const { groups } = await client.getJson<APIGroupList>('/apis');
  const versions = ['v1', ...groups.map((g) => g.preferredVersion?.groupVersion ?? g.versions[0]?.groupVersion ?? '')];
  const failures: DiscoveryFailure[] = [];
  const lists = await Promise.all(
    versions.map(async (groupVersion): Promise<ResourceRef<KubeObject>[]> => {
      try {
        const list = await client.getJson<APIResourceList>(groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`);
        return deletable(groupVersion, list);
      } catch (error) {
        failures.push({ groupVersion, message: (error as Error).message });
        return [];
      }
    }),
  );
  return { resources: lists.flat(), failures };
}

function deletable(groupVersion: string, { resources }: APIResourceList): ResourceRef<KubeObject>[] {
  return resources
    .filter(({ name, verbs }) => !name.includes('/') && ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb)))
    .map(({ name, kind, namespaced }) => ({ ...parseApiVersion(groupVersion), resource: name, kind, namespaced }));
}
