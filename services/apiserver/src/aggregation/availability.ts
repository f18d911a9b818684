/** The `Available` condition of every APIService: kept by each apiserver, with upstream's reasons (kube-aggregator's status controllers). */

import type { APIService, APIServiceCondition, EndpointSlice, Service } from '@t8s/api';
import { apiServiceKind } from '@t8s/api';
import type { ResourceClient } from '@t8s/client';
import type { Held } from '@t8s/component';
import { formatTime, isStatus, type KubeObject } from '@t8s/meta';
import type { CacheEvent, WatchCache } from '@t8s/storage';
import type { Logger } from '@t8s/telemetry';
import { WorkQueue } from '@t8s/workqueue';
import { follow } from '../custom-resources/follow.ts';
import type { ApiServerMetrics } from '../metrics.ts';
import { isReady, type ServiceLocator, serviceNameLabel, slicesOf } from '../proxy/service-location.ts';
import { checkDiscovery } from './discovery-check.ts';
import type { ProxyIdentity, RemoteService, RemoteServices } from './remote-services.ts';

export interface AvailabilityOptions {
  cache: WatchCache;
  remotes: RemoteServices;
  apiServices: ResourceClient<APIService>;
  locate: ServiceLocator;
  identity: Held<ProxyIdentity>;
  metrics: ApiServerMetrics;
  log: Logger;
}

type Verdict = Omit<APIServiceCondition, 'type' | 'lastTransitionTime'> & { isFinal?: boolean };

/** Looked at again after this though nothing has changed: networks fail without an event. Milliseconds. */
const recheckMs = 30_000;
const maxDelay = 30_000;
const workers = 4;

export class Availability {
  readonly #options: AvailabilityOptions;
  readonly #queue = new WorkQueue({ maxDelay });

  constructor(options: AvailabilityOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { cache } = this.#options;
    const { resource } = apiServiceKind;
    const names = (key: string): void => this.#queue.add(key);
    follow(
      cache,
      resource,
      { all: (found) => found.forEach(({ key }) => void names(key)), changed: ({ current }) => current && names(current.key) },
      signal,
    );
    const tellServices = { all: () => undefined, changed: (event: CacheEvent) => this.#serviceChanged(event) };
    follow(cache, 'services', tellServices, signal);
    follow(cache, 'endpointslices', tellServices, signal);
    signal.addEventListener('abort', () => this.#queue.close(), { once: true });
    await Promise.all(Array.from({ length: workers }, () => this.#work(signal)));
  }

  /** A service, or what is behind it. */
  #serviceChanged({ current, previous }: CacheEvent): void {
    const { all } = this.#options.remotes;
    const object = (current ?? previous)?.object;
    if (all.length === 0 || !object) return;
    const { namespace, name, labels } = object.metadata;
    const service = object.kind === 'EndpointSlice' ? labels?.[serviceNameLabel] : name;
    for (const remote of all) if (remote.service.namespace === namespace && remote.service.name === service) this.#queue.add(remote.name);
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let name = await this.#queue.take(); name !== undefined; name = await this.#queue.take()) {
      try {
        if (await this.#check(name)) this.#queue.forget(name);
        else this.#queue.addRateLimited(name);
      } catch (error) {
        if (signal.aborted) return;
        // Another apiserver was first, or the object went: its event is on the way.
        if (!isStatus(error, 'Conflict', 'NotFound')) this.#options.log.warn({ err: error, apiService: name }, 'availability not told');
        this.#queue.addRateLimited(name);
      } finally {
        this.#queue.done(name);
      }
    }
  }

  /** False where it should be looked at again soon. */
  async #check(name: string): Promise<boolean> {
    const { cache, remotes } = this.#options;
    const apiService = cache.resource(apiServiceKind.resource).get(name)?.object as APIService | undefined;
    if (!apiService) return true;
    const remote = remotes.all.find((one) => one.name === name);
    if (Boolean(apiService.spec.service) !== Boolean(remote)) return true;
    const { isFinal = true, ...verdict } = remote ? await this.#verdict(remote) : local;
    await this.#tell(apiService, verdict);
    if (remote && isFinal) this.#queue.addAfter(name, recheckMs);
    return isFinal;
  }

  async #verdict(remote: RemoteService): Promise<Verdict> {
    const { cache, locate, identity } = this.#options;
    const { namespace, name, port } = remote.service;
    const quoted = JSON.stringify(namespace);
    const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });
    const service = cache.resource('services').get(`${namespace}/${name}`)?.object as Service | undefined;
    if (!service) return no('ServiceNotFound', `service/${name} in ${quoted} is not present`);
    if ((service.spec.type ?? 'ClusterIP') === 'ClusterIP') {
      const found = service.spec.ports?.find((one) => one.port === port);
      if (!found) return no('ServicePortError', `service/${name} in ${quoted} is not listening on port ${port}`);
      const slices = slicesOf(cache, remote.service);
      if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for service/${name} in ${quoted}`);
      const portName = found.name ?? '';
      if (!slices.some((slice) => leadsSomewhere(slice, portName)))
        return no(
          'MissingEndpoints',
          `endpointslices for service/${name} in ${quoted} have no addresses with port name ${JSON.stringify(portName)}`,
        );
    }
    try {
      await checkDiscovery(remote, locate, identity.current);
      return { status: 'True', reason: 'Passed', message: 'all checks passed' };
    } catch (error) {
      return { ...no('FailedDiscoveryCheck', (error as Error).message), isFinal: false };
    }
  }

  /** Writes only what is new. */
  async #tell({ metadata, status, ...rest }: APIService, verdict: Omit<Verdict, 'isFinal'>): Promise<void> {
    const before = status?.conditions?.find(({ type }) => type === available);
    const { status: is, reason, message } = verdict;
    if (before?.status === is && before.reason === reason && before.message === message) return;
    if (is === 'False' && before?.status !== is) this.#options.metrics.unavailable.inc({ name: metadata.name ?? '', reason });
    const lastTransitionTime = before?.status === is ? before.lastTransitionTime : formatTime(Date.now());
    const condition = { lastTransitionTime, message, reason, status: is, type: available };
    const others = (status?.conditions ?? []).filter(({ type }) => type !== available);
    await this.#options.apiServices.updateStatus({ ...rest, metadata, status: { conditions: [...others, condition] } });
  }
}

const available = 'Available';
const local: Verdict = { status: 'True', reason: 'Local', message: 'Local APIServices are always available' };

const leadsSomewhere = ({ endpoints = [], ports = [] }: EndpointSlice & KubeObject, portName: string): boolean =>
  endpoints.some(isReady) && ports.some(({ name = '', port }) => name === portName && port !== undefined);
