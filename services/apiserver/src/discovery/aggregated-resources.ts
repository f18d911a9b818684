/** A resource as the lists of discovery name it. */
import type { GroupVersion } from '@t8s/meta';

export interface ApiResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  kind: string;
  group?: string;
  version?: string;
  verbs: readonly string[];
  shortNames?: readonly string[];
  categories?: readonly string[];
  storageVersionHash?: string;
}

/** The resources of a group-version in the form of aggregated discovery: sub-resources below what they belong to. */
export function aggregatedResources(resources: readonly ApiResource[], gv: GroupVersion): object[] {
  const subresources = new Map<string, ApiResource[]>();
  for (const one of resources) {
    const [parent = '', name] = one.name.split('/', 2);
    if (name !== undefined) subresources.set(parent, [...(subresources.get(parent) ?? []), one]);
  }
  const responseKind = ({ group = gv.group, version = gv.version, kind }: ApiResource): object => ({ group, version, kind });
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map((main) => {
      const { name, namespaced, singularName, verbs, shortNames, categories } = main;
      const subs = subresources.get(name);
      return {
        resource: name,
        responseKind: responseKind(main),
        scope: namespaced ? 'Namespaced' : 'Cluster',
        singularResource: singularName,
        verbs,
        ...(shortNames && { shortNames }),
        ...(categories && { categories }),
        ...(subs && {
          subresources: subs.map((sub) => ({
            subresource: sub.name.slice(name.length + 1),
            responseKind: responseKind(sub),
            verbs: sub.verbs,
          })),
        }),
      };
    });
}
