/** A kind of object the server offers, as discovery describes it. */
import { type Kind, kinds } from '@t8s/api';
import { formatApiVersion } from '@t8s/meta';

export interface Resource {
  group: string;
  version: string;
  kind: string;
  /** Plural: the path segment. */
  resource: string;
  singular: string;
  shortNames: readonly string[];
  categories: readonly string[];
  namespaced: boolean;
  verbs: readonly string[];
}

const toResource = ({
  group,
  version,
  kind,
  resource,
  singular,
  shortNames = [],
  categories = [],
  namespaced,
  verbs = [],
}: Kind): Resource => ({
  group,
  version,
  kind,
  resource,
  singular,
  shortNames,
  categories,
  namespaced,
  verbs,
});

/** Kinds this client knows by itself: commands about them need no discovery. */
export const knownResources: readonly Resource[] = kinds.filter((kind) => kind.alias === undefined).map(toResource);

/** Other names of the same objects: events of events.k8s.io. */
export const aliasResources: readonly Resource[] = kinds.filter((kind) => kind.alias !== undefined).map(toResource);

export const apiVersionOf = (resource: Resource): string => formatApiVersion(resource);

/** `deployment.apps`, `pod`: how output names a kind of object. */
export const kindName = ({ kind, group }: Resource): string => (group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`);

/** `deployments.apps`, `pods`. */
export const resourceName = ({ resource, group }: Resource): string => (group === '' ? resource : `${resource}.${group}`);

export interface Place {
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: string | undefined;
}

/** The path of a resource's collection, or of one object. */
export function pathOf(resource: Resource, { namespace, name, subresource }: Place): string {
  const segments = [resource.group === '' ? '/api' : '/apis', apiVersionOf(resource)];
  if (resource.namespaced && namespace) segments.push('namespaces', encodeURIComponent(namespace));
  segments.push(resource.resource);
  if (name !== undefined) segments.push(encodeURIComponent(name));
  if (subresource !== undefined) segments.push(subresource);
  return segments.join('/');
}

/** Appends the parameters that have a value. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '' && value !== false) params.set(key, String(value));
  return params.size > 0 ? `${path}?${params}` : path;
}
