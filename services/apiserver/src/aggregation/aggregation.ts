/** API aggregation (https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation), put together. */

import { apiServiceKind, kinds } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { Held } from '@t8s/component';
import type { WatchCache } from '@t8s/storage';
import type { Logger } from '@t8s/telemetry';
import type { Dispatcher } from '../endpoints/dispatch.ts';
import type { ApiServerMetrics } from '../metrics.ts';
import type { ServiceLocator } from '../proxy/service-location.ts';
import { Availability } from './availability.ts';
import { LocalServices } from './local-services.ts';
import { aggregator } from './relay.ts';
import { RemoteCatalog } from './remote-catalog.ts';
import { type ProxyIdentity, RemoteServices } from './remote-services.ts';

export interface AggregationOptions {
  cache: WatchCache;
  identity: Held<ProxyIdentity>;
  locate: ServiceLocator;
  metrics: ApiServerMetrics;
  log: Logger;
}

export class Aggregation {
  /** What extension servers offer. */
  readonly catalog: RemoteCatalog;
  readonly #options: AggregationOptions;
  readonly #remotes: RemoteServices;

  constructor(options: AggregationOptions) {
    this.#options = options;
    this.#remotes = new RemoteServices(options);
    this.catalog = new RemoteCatalog({ remotes: this.#remotes, ...options });
  }

  /** Sends each request where it belongs; `local` answers what is ours. */
  before(local: Dispatcher): Dispatcher {
    return aggregator({ remotes: this.#remotes, locate: this.#options.locate, local });
  }

  /** Which extension servers there are, and which can't be asked now. */
  unavailable(): { name: string; isUnavailable: boolean }[] {
    return this.#remotes.all.map(({ name, isAvailable }) => ({ name, isUnavailable: !isAvailable }));
  }

  /** Begins before the cache does, with a client of this very server; ends when the signal aborts. */
  async run(client: Client, signal: AbortSignal): Promise<void> {
    const remotes = this.#remotes;
    const apiServices = client.resource(apiServiceKind);
    // Told first, it knows whatever the others ask it about.
    remotes.run(signal);
    await Promise.all([
      this.catalog.run(signal),
      new Availability({ ...this.#options, remotes, apiServices }).run(signal),
      new LocalServices({ ...this.#options, apiServices, builtIn: kinds }).run(signal),
    ]);
  }
}
