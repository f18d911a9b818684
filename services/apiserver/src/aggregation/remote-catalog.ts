/** What extension servers offer, for discovery and OpenAPI: asked for when one comes or changes, and every minute. */
import type { APIResourceList } from '@t8s/api';
import type { Logger } from '@t8s/telemetry';
import { WorkQueue } from '@t8s/workqueue';
import { aggregatedResources } from '../discovery/aggregated-resources.ts';
import type { Ranked } from '../discovery/group-versions.ts';
import type { ServiceLocator } from '../proxy/service-location.ts';
import { RemoteFetch } from './remote-fetch.ts';
import { pathOf, type RemoteService, type RemoteServices } from './remote-services.ts';

type Json = Record<string, unknown>;

/** What is known of a group-version of an extension server. */
export interface RemoteOffer extends Ranked {
  /** As aggregated discovery lists them; undefined where nothing was ever heard. */
  resources?: readonly object[];
  freshness: 'Current' | 'Stale';
  /** Its entry in the index of /openapi/v3. */
  openApiV3?: object;
  /** All of its /openapi/v2. */
  openApiV2?: Json;
}

type Heard = Pick<RemoteOffer, 'resources' | 'openApiV3' | 'openApiV2'>;

interface Entry {
  remote: RemoteService;
  heard: Heard;
  freshness: RemoteOffer['freshness'];
}

/** Milliseconds. */
const refreshMs = 60_000;
const maxDelay = 30_000;
const aggregated = ['v2', 'v2beta1'].map((v) => `application/json;g=apidiscovery.k8s.io;v=${v};as=APIGroupDiscoveryList`).join(',');

export class RemoteCatalog {
  readonly #remotes: RemoteServices;
  readonly #fetch: RemoteFetch;
  readonly #log: Logger;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new WorkQueue({ maxDelay });
  readonly #listeners = new Set<() => void>();

  constructor({ remotes, locate, log }: { remotes: RemoteServices; locate: ServiceLocator; log: Logger }) {
    this.#remotes = remotes;
    this.#fetch = new RemoteFetch(locate);
    this.#log = log;
  }

  get all(): readonly RemoteOffer[] {
    return this.#remotes.all.map(({ group, version, name, spec }) => {
      const { heard = {}, freshness = 'Stale' } = this.#entries.get(name) ?? {};
      return { group, version, priority: { group: spec.groupPriorityMinimum, version: spec.versionPriority }, freshness, ...heard };
    });
  }

  /** Calls `listener` when any of it is another than before. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps itself up to date until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = this.#remotes.onChange(() => this.#changed());
    signal.addEventListener(
      'abort',
      () => {
        stop();
        this.#queue.close();
      },
      { once: true },
    );
    for (let name = await this.#queue.take(); name !== undefined; name = await this.#queue.take()) {
      const remote = this.#remotes.all.find((one) => one.name === name);
      if (remote) await this.#refresh(remote);
      this.#queue.done(name);
    }
  }

  #changed(): void {
    const all = this.#remotes.all;
    const names = new Set(all.map(({ name }) => name));
    for (const name of this.#entries.keys()) if (!names.has(name)) this.#entries.delete(name);
    for (const remote of all) if (this.#entries.get(remote.name)?.remote !== remote) this.#queue.add(remote.name);
    this.#tell();
  }

  /** Until it is heard again, what was heard last stands as stale. */
  async #refresh(remote: RemoteService): Promise<void> {
    const { name } = remote;
    const before = this.#entries.get(name);
    let next: Entry = { remote, heard: before?.heard ?? {}, freshness: 'Stale' };
    if (remote.isAvailable)
      try {
        next = { remote, heard: await this.#ask(remote), freshness: 'Current' };
        this.#queue.forget(name);
        this.#queue.addAfter(name, refreshMs);
      } catch (error) {
        this.#log.warn({ err: error, apiService: name }, 'discovery failed');
        this.#queue.addRateLimited(name);
      }
    this.#entries.set(name, next);
    if (JSON.stringify([before?.heard, before?.freshness]) !== JSON.stringify([next.heard, next.freshness])) this.#tell();
  }

  async #ask(remote: RemoteService): Promise<Heard> {
    const [resources, v3, v2] = await Promise.all([
      this.#resources(remote),
      this.#fetch.get(remote, '/openapi/v3'),
      this.#fetch.get(remote, '/openapi/v2'),
    ]);
    const openApiV3 = (v3?.document['paths'] as Record<string, object> | undefined)?.[pathOf(remote).slice(1)];
    return { resources, ...(openApiV3 && { openApiV3 }), ...(v2 && { openApiV2: v2.document }) };
  }

  /** From the aggregated document, or from the list of a server that knows no other (KEP-3352). */
  async #resources(remote: RemoteService): Promise<readonly object[]> {
    const { group, version } = remote;
    const found = await this.#fetch.get(remote, '/apis', aggregated);
    if (found?.contentType.includes('as=APIGroupDiscoveryList')) {
      const { items = [] } = found.document as unknown as Partial<GroupDiscoveryList>;
      const own = items.find(({ metadata }) => metadata.name === group)?.versions.find((one) => one.version === version);
      if (own?.resources) return own.resources;
    }
    const list = await this.#fetch.get(remote, pathOf(remote));
    return aggregatedResources((list?.document as unknown as Partial<APIResourceList> | undefined)?.resources ?? [], { group, version });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

interface GroupDiscoveryList {
  items: { metadata: { name: string }; versions: { version: string; resources?: readonly object[] }[] }[];
}
