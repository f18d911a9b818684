/** Extension servers: the group-versions that an APIService hands to a service of the cluster. */

import { Agent } from 'node:https';
import { type APIService, type APIServiceSpec, apiServiceKind } from '@t8s/api';
import type { Held } from '@t8s/component';
import type { GroupVersion } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import { follow } from '../custom-resources/follow.ts';
import type { ServiceReference } from '../proxy/service-location.ts';

/** PEM texts of the certificate by which extension servers know the aggregator; none without the flags. */
export interface ProxyIdentity {
  cert?: string;
  key?: string;
}

export interface RemoteService extends GroupVersion {
  /** `v1.metrics.k8s.io`. */
  name: string;
  spec: APIServiceSpec;
  service: ServiceReference;
  isAvailable: boolean;
  /** Keeps the connections to it, with whom we trust. */
  agent: Agent;
}

/** Idle connections are given up after this. Milliseconds. */
const idleMs = 90_000;

export class RemoteServices {
  readonly #cache: WatchCache;
  readonly #identity: Held<ProxyIdentity>;
  /** By path: `/apis/<group>/<version>`. */
  readonly #byPath = new Map<string, RemoteService>();
  readonly #listeners = new Set<() => void>();

  constructor({ cache, identity }: { cache: WatchCache; identity: Held<ProxyIdentity> }) {
    this.#cache = cache;
    this.#identity = identity;
    identity.onChange(() => this.#reconnect());
  }

  /** Knows from now on what there is, until the signal aborts. */
  run(signal: AbortSignal): void {
    follow(
      this.#cache,
      apiServiceKind.resource,
      {
        all: (found) => {
          this.#byPath.clear();
          for (const { object } of found) this.#enter(object as APIService);
          this.#tell();
        },
        changed: ({ current, previous }) => {
          const service = (current ?? previous)?.object as APIService;
          const path = pathOf(versionOf(service));
          const before = this.#byPath.get(path);
          if (current) this.#enter(service);
          else this.#byPath.delete(path);
          if (before !== this.#byPath.get(path)) this.#tell();
        },
      },
      signal,
    );
  }

  get all(): readonly RemoteService[] {
    return [...this.#byPath.values()];
  }

  /** Who answers this path in our place. */
  find(path: string): RemoteService | undefined {
    if (this.#byPath.size === 0) return undefined;
    const [, root = '', group = '', version = ''] = path.split('/', 4);
    return this.#byPath.get(root === 'api' ? `/api/${group}` : `/${root}/${group}/${version}`);
  }

  has(gv: GroupVersion): boolean {
    return this.#byPath.has(pathOf(gv));
  }

  /** Calls `listener` when one comes, goes or changes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #enter(apiService: APIService): void {
    const gv = versionOf(apiService);
    const path = pathOf(gv);
    const { spec, status, metadata } = apiService;
    const before = this.#byPath.get(path);
    if (!spec.service) {
      this.#byPath.delete(path);
      return;
    }
    const { namespace = '', name = '', port = 443 } = spec.service;
    const isSame = before && JSON.stringify(before.spec) === JSON.stringify(spec);
    const isAvailable = status?.conditions?.some(({ type, status: is }) => type === 'Available' && is === 'True') ?? false;
    if (isSame && before.isAvailable === isAvailable) return;
    this.#byPath.set(path, {
      ...gv,
      name: metadata.name ?? '',
      spec,
      service: { namespace, name, port },
      isAvailable,
      agent: isSame ? before.agent : this.#agent(spec, { name, namespace }),
    });
  }

  /** New connections show who we are now; those that stand go on, and end when they are idle. */
  #reconnect(): void {
    for (const [path, known] of this.#byPath) this.#byPath.set(path, { ...known, agent: this.#agent(known.spec, known.service) });
  }

  #agent({ caBundle = '', insecureSkipTLSVerify = false }: APIServiceSpec, { name, namespace }: Omit<ServiceReference, 'port'>): Agent {
    return new Agent({
      ...this.#identity.current,
      servername: `${name}.${namespace}.svc`,
      keepAlive: true,
      timeout: idleMs,
      rejectUnauthorized: !insecureSkipTLSVerify,
      ...(caBundle !== '' && { ca: Buffer.from(caBundle, 'base64') }),
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const versionOf = ({ spec: { group = '', version = '' } }: APIService): GroupVersion => ({ group, version });

export const pathOf = ({ group, version }: GroupVersion): string => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
