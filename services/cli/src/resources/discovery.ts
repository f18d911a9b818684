/** Which resources the server offers; asked for once, and only when the client's own knowledge does not do. */
import type { Client } from '@t8s/client';
import { type KubeObject, parseApiVersion } from '@t8s/meta';
import { Failure } from '../commands/failure.ts';
import { aliasResources, apiVersionOf, knownResources, type Resource, resourceName } from './resource.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

interface GroupDiscovery {
  metadata: { name?: string };
  versions?: { version: string; resources?: ResourceDiscovery[] }[];
}

interface ResourceDiscovery {
  resource: string;
  responseKind?: { kind: string };
  scope: string;
  singularResource?: string;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
}

interface PlainResource {
  name: string;
  kind: string;
  singularName?: string;
  namespaced: boolean;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
}

export class Discovery {
  readonly #client: Client;
  readonly #warn: (text: string) => void;
  #all: Promise<Resource[]> | undefined;

  constructor(client: Client, warn: (text: string) => void) {
    this.#client = client;
    this.#warn = warn;
  }

  /** Every resource of every version, in the server's order of preference. */
  all(): Promise<Resource[]> {
    this.#all ??= Promise.all([this.#groups('/api'), this.#groups('/apis')]).then((lists) => lists.flat());
    return this.#all;
  }

  /** The resource that `text` names: `pods`, `po`, `deployments.apps`, `deployments.v1.apps`. Fails where there is none. */
  async find(text: string): Promise<Resource> {
    const found = match(knownResources, text) ?? match(await this.all(), text);
    if (found?.shortNames.includes(text)) {
      const others = [...knownResources, ...aliasResources].filter(
        ({ group, shortNames }) => group !== found.group && shortNames.includes(text),
      );
      if (others.length > 0)
        this.#warn(`short name ${JSON.stringify(text)} could also match lower priority resource ${others.map(resourceName).join(', ')}`);
    }
    if (!found) throw new Failure(`error: the server doesn't have a resource type "${text.split('.')[0]}"`);
    return found;
  }

  /** The resource of an object's apiVersion and kind; `from` is for the message where there is none. */
  async ofKind(apiVersion: string, kind: string, from?: { object: KubeObject; source: string }): Promise<Resource> {
    const is = (resource: Resource): boolean => resource.kind === kind && apiVersionOf(resource) === apiVersion;
    const found = knownResources.find(is) ?? (await this.all()).find(is);
    if (found) return found;
    const { name = '', namespace = '' } = from?.object.metadata ?? {};
    throw new Failure(
      `error: resource mapping not found for name: "${name}" namespace: "${namespace}" from "${from?.source ?? ''}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    );
  }

  /** The resources of a category such as `all`, or undefined where nothing is in it. */
  async category(name: string): Promise<Resource[] | undefined> {
    if (knownResources.some((resource) => matches(resource, name))) return undefined;
    const members = (await this.all()).filter(({ categories }) => categories.includes(name));
    const first = members.filter(
      (one, i) => members.findIndex((other) => other.group === one.group && other.resource === one.resource) === i,
    );
    return first.length > 0 ? first : undefined;
  }

  async #groups(path: string): Promise<Resource[]> {
    const { body } = await this.#client.request({ method: 'GET', path, headers: { accept: aggregated } });
    const document = JSON.parse(body.toString()) as { kind: string; items?: GroupDiscovery[]; versions?: string[]; groups?: PlainGroup[] };
    if (document.kind === 'APIGroupDiscoveryList') return (document.items ?? []).flatMap(fromAggregated);
    const versions =
      document.kind === 'APIVersions'
        ? (document.versions ?? [])
        : (document.groups ?? []).flatMap(({ versions }) => versions.map((v) => v.groupVersion));
    const lists = await Promise.all(
      versions.map(async (version) => ({
        version,
        list: await this.#client.getJson<{ resources: PlainResource[] }>(`${path}/${version}`),
      })),
    );
    return lists.flatMap(({ version, list }) =>
      list.resources.filter(({ name }) => !name.includes('/')).map((resource) => fromPlain(version, resource)),
    );
  }
}

interface PlainGroup {
  versions: { groupVersion: string }[];
}

function fromAggregated({ metadata: { name: group = '' }, versions = [] }: GroupDiscovery): Resource[] {
  return versions.flatMap(({ version, resources = [] }) =>
    resources.map((one) => ({
      group,
      version,
      kind: one.responseKind?.kind ?? '',
      resource: one.resource,
      singular: one.singularResource ?? '',
      shortNames: one.shortNames ?? [],
      categories: one.categories ?? [],
      namespaced: one.scope === 'Namespaced',
      verbs: one.verbs ?? [],
    })),
  );
}

function fromPlain(groupVersion: string, one: PlainResource): Resource {
  return {
    ...parseApiVersion(groupVersion),
    kind: one.kind,
    resource: one.name,
    singular: one.singularName || one.kind.toLowerCase(),
    shortNames: one.shortNames ?? [],
    categories: one.categories ?? [],
    namespaced: one.namespaced,
    verbs: one.verbs ?? [],
  };
}

const matches = ({ resource, singular, shortNames, kind }: Resource, name: string): boolean =>
  resource === name || singular === name || shortNames.includes(name) || kind.toLowerCase() === name;

function match(resources: readonly Resource[], text: string): Resource | undefined {
  const lower = text.toLowerCase();
  const plain = resources.find((resource) => matches(resource, lower));
  if (plain) return plain;
  const [name = '', ...rest] = lower.split('.');
  // `deployments.` is of whatever group.
  if (rest.join('') === '') return resources.find((resource) => matches(resource, name));
  const [version = '', ...groupParts] = rest;
  return (
    resources.find((resource) => matches(resource, name) && resource.version === version && resource.group === groupParts.join('.')) ??
    resources.find((resource) => matches(resource, name) && resource.group === rest.join('.'))
  );
}
