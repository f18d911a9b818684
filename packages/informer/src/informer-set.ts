import type { Clock } from '@t8s/async';
import type { Client, ResourceRef } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { Informer, type InformerOptions } from './informer.ts';

export type SharedOptions<T extends KubeObject> = Omit<InformerOptions<T>, 'client' | 'kind' | 'log' | 'clock'>;

/** The informers of a process, one for a kind and scope: whoever asks for the same shares it. */
export class InformerSet {
  readonly #client: Client;
  readonly #log: Logger;
  readonly #clock: Clock | undefined;
  readonly #informers = new Map<string, { informer: Informer<KubeObject>; end: AbortController }>();
  #signal: AbortSignal | undefined;

  constructor({ client, log, clock }: { client: Client; log: Logger; clock?: Clock }) {
    this.#client = client;
    this.#log = log;
    this.#clock = clock;
  }

  /** The shared informer; indexers are added to it, `transform` counts only for whoever asks first. Starts at once if the set runs. */
  informer<T extends KubeObject>(kind: ResourceRef<T>, options: SharedOptions<T> = {}): Informer<T> {
    const key = keyOf(kind, options);
    // The map forgets T; the key, which names the kind, restores it.
    const known = this.#informers.get(key)?.informer as Informer<T> | undefined;
    if (known) {
      for (const [name, fn] of Object.entries(options.indexers ?? {})) known.addIndex(name, fn);
      return known;
    }
    const informer = new Informer<T>({
      client: this.#client,
      kind,
      log: this.#log,
      ...(this.#clock && { clock: this.#clock }),
      ...options,
    });
    informer.addIndex('namespace', (object) => [object.metadata.namespace ?? '']);
    const end = new AbortController();
    this.#informers.set(key, { informer: informer as unknown as Informer<KubeObject>, end });
    if (this.#signal) void informer.run(AbortSignal.any([this.#signal, end.signal]));
    return informer;
  }

  /** Ends the informer of a kind that is served no more. Whoever asks for it later gets another. */
  drop<T extends KubeObject>(kind: ResourceRef<T>, options: SharedOptions<T> = {}): void {
    const key = keyOf(kind, options);
    this.#informers.get(key)?.end.abort();
    this.#informers.delete(key);
  }

  /** Runs all, those asked for later too, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await Promise.all([...this.#informers.values()].map(({ informer, end }) => informer.run(AbortSignal.any([signal, end.signal]))));
  }

  /** Resolves when every informer asked for so far has its first list. */
  async synced(): Promise<void> {
    await Promise.all([...this.#informers.values()].map(({ informer }) => informer.synced));
  }
}

const keyOf = <T extends KubeObject>(kind: ResourceRef<T>, { namespace, labelSelector, fieldSelector }: SharedOptions<T>): string =>
  [kind.group, kind.version, kind.resource, namespace, labelSelector, fieldSelector].join('|');
