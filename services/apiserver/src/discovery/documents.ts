/** Discovery: what is served, as lists per group-version and as the aggregated document (KEP-3352). */
import { createHash } from 'node:crypto';
import { allVerbs, type Kind } from '@t8s/api';
import { formatApiVersion, type GroupVersion } from '@t8s/meta';
import type { RemoteOffer } from '../aggregation/remote-catalog.ts';
import type { ServedResource } from '../context.ts';
import { type ApiResource, aggregatedResources } from './aggregated-resources.ts';
import { groupVersionsOf } from './group-versions.ts';

/** What this server answers, and what extension servers do. */
export interface Offer {
  resources: readonly ServedResource[];
  remotes: readonly RemoteOffer[];
}

const versionsOf = ({ resources, remotes }: Offer): GroupVersion[] => groupVersionsOf(resources, remotes);

const servedBy = ({ resources }: Offer, { group, version }: GroupVersion): ServedResource[] =>
  resources
    .filter(({ kind: k }) => k.group === group && k.version === version)
    .sort((a, b) => (a.kind.resource < b.kind.resource ? -1 : 1));

export function apiVersions(serverAddress: string): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
}

export function apiGroup(offer: Offer, group: string): object | undefined {
  const found = groupOf(versionsOf(offer), group);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...found };
}

function groupOf(all: readonly GroupVersion[], group: string): object | undefined {
  const versions = all.filter((gv) => gv.group === group).map((gv) => ({ groupVersion: formatApiVersion(gv), version: gv.version }));
  return versions.length === 0 ? undefined : { name: group, versions, preferredVersion: versions[0] };
}

export function apiGroupList(offer: Offer): object {
  const all = versionsOf(offer);
  const names = [...new Set(all.map((gv) => gv.group))];
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: names.map((name) => groupOf(all, name)),
  };
}

/** The resources of a group-version, or undefined when it isn't served. */
export function apiResourceList(offer: Offer, { group, version }: GroupVersion): object | undefined {
  const served = servedBy(offer, { group, version });
  if (served.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: formatApiVersion({ group, version }),
    resources: served.flatMap(resourcesOf),
  };
}

function resourcesOf({ kind, storageVersion = kind.version, refusal }: ServedResource): ApiResource[] {
  const { resource, singular, namespaced, shortNames, categories, subresources = {} } = kind;
  const verbs = (kind.verbs ?? allVerbs).filter((verb) => !refusal?.(verb, kind)).sort();
  const main: ApiResource = {
    name: resource,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames && { shortNames }),
    ...(categories && { categories }),
    ...(kind.stored !== false && { storageVersionHash: hashOf(kind, storageVersion) }),
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

const hashOf = ({ group, kind }: Kind, storageVersion: string): string =>
  createHash('sha256').update(`${group}/${storageVersion}/${kind}`).digest('base64').slice(0, 12);

/** The aggregated form of `/api` (group '') or `/apis`. */
export function aggregatedDiscovery(offer: Offer, core: boolean, version: 'v2' | 'v2beta1'): object {
  const groups = core ? [{ group: '', version: 'v1' }] : versionsOf(offer);
  const items = [...new Set(groups.map((g) => g.group))].map((name) => ({
    metadata: { name, creationTimestamp: null },
    versions: groups.filter((g) => g.group === name).map((gv) => aggregatedVersion(offer, gv)),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedVersion(offer: Offer, gv: GroupVersion): object {
  const remote = offer.remotes.find(({ group, version }) => group === gv.group && version === gv.version);
  const { version } = gv;
  if (remote) return { version, ...(remote.resources && { resources: remote.resources }), freshness: remote.freshness };
  return { version, resources: aggregatedResources(servedBy(offer, gv).flatMap(resourcesOf), gv), freshness: 'Current' };
}
