/** The sub-resource `scale` of objects of any kind. */
import type { APIResourceList, Scale } from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import { isStatus, parseApiVersion } from '@t8s/meta';

export interface ScaleReference {
  apiVersion: string;
  kind: string;
  name: string;
}

/** The kind is not served, or can't be scaled; the message says which. */
export class NotScalable extends Error {
  override readonly name = 'NotScalable';
}

export class Scales {
  readonly #client: Client;
  /** Resources by `<apiVersion> <kind>`, as they were last found. */
  readonly #resources = new Map<string, ResourceRef>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Throws NotScalable, and StatusErrors as the API gives them (NotFound). */
  async get(namespace: string, reference: ScaleReference): Promise<Scale> {
    const resource = await this.#resource(reference);
    try {
      return await this.#client.resource(resource).getSubresource<Scale>({ namespace, name: reference.name }, 'scale');
    } catch (error) {
      // The kind may have another resource by now.
      if (isStatus(error, 'NotFound')) this.#resources.delete(keyOf(reference));
      throw error;
    }
  }

  /** Writes `replicas` against the version that was read. */
  async setReplicas(namespace: string, reference: ScaleReference, scale: Scale, replicas: number): Promise<void> {
    const resource = await this.#resource(reference);
    const body = { ...scale, spec: { ...scale.spec, replicas } };
    await this.#client.resource(resource).updateSubresource({ namespace, name: reference.name }, 'scale', body);
  }

  async #resource(reference: ScaleReference): Promise<ResourceRef> {
    const key = keyOf(reference);
    const resource = this.#resources.get(key) ?? (await this.#find(reference));
    this.#resources.set(key, resource);
    return resource;
  }

  async #find({ apiVersion, kind }: ScaleReference): Promise<ResourceRef> {
    const groupVersion = parseApiVersion(apiVersion || 'v1');
    const resources = await this.#listed(apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${groupVersion.version}`);
    const found = resources.find((one) => one.kind === kind && !one.name.includes('/'));
    if (!found) throw new NotScalable(`no matches for kind "${kind}" in group "${groupVersion.group}"`);
    if (!resources.some(({ name }) => name === `${found.name}/scale`))
      throw new NotScalable(`${kind}.${apiVersion} does not implement the scale subresource`);
    return { ...groupVersion, kind, resource: found.name, namespaced: true };
  }

  async #listed(root: string): Promise<APIResourceList['resources']> {
    try {
      return (await this.#client.getJson<APIResourceList>(root)).resources;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return [];
      throw error;
    }
  }
}

const keyOf = ({ apiVersion, kind }: ScaleReference): string => `${apiVersion} ${kind}`;
