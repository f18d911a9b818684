/** Discovery: what is served, as lists per group-version and as the aggregated document (KEP-3352). Made once: kinds don't change. */
import { createHash } from 'node:crypto';
import { allVerbs, type Kind, kinds } from '@t8s/api';
import { formatApiVersion } from '@t8s/meta';

interface ApiResource {
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

/** Upstream's order of groups: by priority, as kubectl api-resources shows them. */
const groupOrder = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

/** Every group-version but the core's, in order. */
export const groupVersions: readonly { group: string; version: string }[] = [
  ...new Map(kinds.filter((k) => k.group !== '').map(({ group, version }) => [`${group}/${version}`, { group, version }])).values(),
].sort((a, b) => groupOrder.indexOf(a.group) - groupOrder.indexOf(b.group));

const servedBy = (group: string, version: string): Kind[] =>
  kinds.filter((k) => k.group === group && k.version === version).sort((a, b) => (a.resource < b.resource ? -1 : 1));

export function apiVersions(serverAddress: string): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
}

export function apiGroup(group: string): object | undefined {
  const versions = groupVersions
    .filter((gv) => gv.group === group)
    .map((gv) => ({ groupVersion: formatApiVersion(gv), version: gv.version }));
  return versions.length === 0 ? undefined : { kind: 'APIGroup', apiVersion: 'v1', name: group, versions, preferredVersion: versions[0] };
}

export function apiGroupList(): object {
  const names = [...new Set(groupVersions.map((gv) => gv.group))];
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: names.map((name) => {
      const { kind: _, apiVersion: _v, ...group } = apiGroup(name) as { kind: string; apiVersion: string };
      return group;
    }),
  };
}

/** The resources of a group-version, or undefined when it isn't served. */
export function apiResourceList(group: string, version: string): object | undefined {
  const served = servedBy(group, version);
  if (served.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: formatApiVersion({ group, version }),
    resources: served.flatMap(resourcesOf),
  };
}

function resourcesOf(kind: Kind): ApiResource[] {
  const { resource, singular, namespaced, shortNames, categories, subresources = {} } = kind;
  const verbs = [...(kind.verbs ?? allVerbs)].sort();
  const main: ApiResource = {
    name: resource,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames && { shortNames }),
    ...(categories && { categories }),
    storageVersionHash: createHash('sha256').update(`${kind.group}/${kind.version}/${kind.kind}`).digest('base64').slice(0, 12),
  };
  const sub = (name: string, of: Partial<ApiResource> & { kind: string; verbs: readonly string[] }): ApiResource => ({
    name: `${resource}/${name}`,
    singularName: '',
    namespaced,
    ...of,
  });
  return [
    main,
    ...[
      ...(subresources.others ?? []).map(({ name, ...of }) => sub(name, of)),
      ...(subresources.scale
        ? [sub('scale', { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] })]
        : []),
      ...(subresources.status ? [sub('status', { kind: kind.kind, verbs: ['get', 'patch', 'update'] })] : []),
    ].sort((a, b) => (a.name < b.name ? -1 : 1)),
  ];
}

/** The aggregated form of `/api` (group '') or `/apis`. */
export function aggregatedDiscovery(core: boolean, version: 'v2' | 'v2beta1'): object {
  const groups = core ? [{ group: '', version: 'v1' }] : groupVersions;
  const items = [...new Set(groups.map((g) => g.group))].map((name) => ({
    metadata: { name, creationTimestamp: null },
    versions: groups
      .filter((g) => g.group === name)
      .map((gv) => ({ version: gv.version, resources: servedBy(gv.group, gv.version).map(aggregatedResource), freshness: 'Current' })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedResource(kind: Kind): object {
  const [main, ...subs] = resourcesOf(kind);
  const responseKind = ({ group = kind.group, version = kind.version, kind: name }: ApiResource): object => ({
    group,
    version,
    kind: name,
  });
  return {
    resource: kind.resource,
    responseKind: responseKind(main as ApiResource),
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: main?.verbs,
    ...(kind.shortNames && { shortNames: kind.shortNames }),
    ...(kind.categories && { categories: kind.categories }),
    ...(subs.length > 0 && {
      subresources: subs.map((s) => ({
        subresource: s.name.slice(kind.resource.length + 1),
        responseKind: responseKind(s),
        verbs: s.verbs,
      })),
    }),
  };
}
