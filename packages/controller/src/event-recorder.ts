/** Events as users read them in `kubectl describe`: repeats count up instead of piling up, floods are cut. */

import { type CoreEvent, eventKind } from '@t8s/api';
import { type Clock, systemClock } from '@t8s/async';
import type { Client } from '@t8s/client';
import { formatTime, isStatus, type KubeObject } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';

export interface EventRecorderOptions {
  client: Client;
  /** `source.component`: who reports. */
  component: string;
  /** `source.host`: the node, for node agents. */
  host?: string;
  log: Logger;
  clock?: Clock;
}

/** An object that says its own kind. */
type Involved = KubeObject & { kind?: string; apiVersion?: string };

/** client-go's limits: a burst of 25 events an object, then one every 5 minutes. */
const burst = 25;
const refillMs = 300_000;
/** Repeats are found among this many events last recorded. */
const remembered = 4096;

export class EventRecorder {
  readonly #options: EventRecorderOptions & { clock: Clock };
  /** Events recorded, by what makes them equal; oldest first. */
  readonly #known = new Map<string, { name: string; count: number }>();
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  /** Writes one after the other, so that a repeat finds its first. */
  #tail: Promise<void> = Promise.resolve();

  constructor(options: EventRecorderOptions) {
    this.#options = { clock: systemClock, ...options };
  }

  /** Records in the background; a failure is logged and costs nothing else. `fieldPath` names a part of the object. */
  event(object: Involved, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    if (!this.#admit(object)) return;
    this.#tail = this.#tail
      .then(() => this.#record({ object, type, reason, message, fieldPath }))
      .catch((error: unknown) => this.#options.log.debug({ reason, err: error }, 'event not recorded'));
  }

  /** Resolves when all events so far are written. */
  flush(): Promise<void> {
    return this.#tail;
  }

  /** A token bucket an object. */
  #admit({ metadata }: Involved): boolean {
    const now = this.#options.clock.now();
    const id = metadata.uid ?? metadata.name ?? '';
    const bucket = this.#buckets.get(id) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / refillMs);
    this.#buckets.delete(id);
    this.#buckets.set(id, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    forgetOldest(this.#buckets);
    return tokens >= 1;
  }

  async #record({
    object,
    type,
    reason,
    message,
    fieldPath,
  }: {
    object: Involved;
    type: string;
    reason: string;
    message: string;
    fieldPath: string | undefined;
  }): Promise<void> {
    const { client, component, host, clock } = this.#options;
    const { name = '', namespace, uid, resourceVersion } = object.metadata;
    const id = JSON.stringify([uid, name, namespace, fieldPath, type, reason, message]);
    const now = formatTime(clock.now());
    const eventNamespace = namespace ?? 'default';
    const known = this.#known.get(id);
    if (known) {
      const count = known.count + 1;
      try {
        await client
          .resource(eventKind)
          .patch({ namespace: eventNamespace, name: known.name }, { type: 'merge', body: { count, lastTimestamp: now } });
        this.#known.set(id, { name: known.name, count });
        return;
      } catch (error) {
        // Its hour has passed: the repeat starts a new one.
        if (!isStatus(error, 'NotFound')) throw error;
      }
    }
    const event: CoreEvent = {
      metadata: { name: `${name}.${(clock.now() * 1e6 + Math.floor(Math.random() * 1e6)).toString(16)}`, namespace: eventNamespace },
      involvedObject: {
        kind: object.kind,
        apiVersion: object.apiVersion,
        namespace,
        name,
        uid,
        resourceVersion,
        ...(fieldPath !== undefined && { fieldPath }),
      },
      reason,
      message,
      type,
      source: { component, ...(host !== undefined && { host }) },
      reportingComponent: component,
      reportingInstance: host ?? '',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    await client.resource(eventKind).create(event);
    this.#known.delete(id);
    this.#known.set(id, { name: event.metadata.name ?? '', count: 1 });
    forgetOldest(this.#known);
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size <= remembered) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
