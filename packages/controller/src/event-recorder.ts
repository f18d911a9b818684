/** Events as users read them in `kubectl describe`, written in the background. */
import { type CoreEvent, eventKind } from '@t8s/api';
import { type Clock, sleep, systemClock } from '@t8s/async';
import { type Client, ConnectionError } from '@t8s/client';
import { formatTime, isStatus, type KubeObject } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { type Correlated, EventCorrelator } from './event-correlator.ts';

export interface EventRecorderOptions {
  client: Client;
  /** `source.component` and `reportingComponent`: who reports. */
  component: string;
  /** `source.host` and `reportingInstance`: the node, for node agents. */
  host?: string;
  log: Logger;
  clock?: Clock;
}

/** An object that says its own kind. */
type Involved = KubeObject & { kind?: string; apiVersion?: string };

/** Events that may wait to be written; more are dropped. */
const maxWaiting = 10_000;
/** Events of different objects are written side by side, those of one object one after the other, so that a repeat finds its first. */
const lanes = 8;
/** With the apiserver away an event is tried so often, at this distance in milliseconds, and then dropped. */
const maxTries = 12;
const retryInterval = 10_000;

export class EventRecorder {
  readonly #options: EventRecorderOptions & { clock: Clock };
  readonly #correlator: EventCorrelator;
  readonly #lanes: Promise<void>[] = Array.from({ length: lanes }, () => Promise.resolve());
  #waiting = 0;
  #dropped = 0;
  #lastName = 0n;
  #hurry = new AbortController();

  constructor(options: EventRecorderOptions) {
    this.#options = { clock: systemClock, ...options };
    this.#correlator = new EventCorrelator(this.#options.clock);
  }

  /** Records in the background; a failure is logged and costs nothing else. `fieldPath` names a part of the object. */
  event(object: Involved, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    if (this.#waiting >= maxWaiting) {
      this.#dropped += 1;
      return;
    }
    this.#waiting += 1;
    const event = this.#newEvent({ object, type, reason, message, fieldPath });
    const lane = laneOf(object.metadata.uid ?? object.metadata.name ?? '');
    const before = this.#lanes[lane] ?? Promise.resolve();
    this.#lanes[lane] = before.then(() => this.#record(event));
  }

  /** Resolves when all events so far are written, or given up because the apiserver cannot be reached. */
  async flush(): Promise<void> {
    this.#hurry.abort();
    await Promise.all(this.#lanes);
    this.#hurry = new AbortController();
  }

  async #record(event: CoreEvent): Promise<void> {
    const { log } = this.#options;
    try {
      const correlated = this.#correlator.correlate(event);
      if (correlated) await this.#write(correlated);
    } catch (error) {
      log.debug({ reason: event.reason, err: error }, 'event not recorded');
    }
    this.#waiting -= 1;
    if (this.#waiting > 0 || this.#dropped === 0) return;
    log.warn({ dropped: this.#dropped }, 'more events than could be written');
    this.#dropped = 0;
  }

  async #write(correlated: Correlated): Promise<void> {
    const { clock } = this.#options;
    for (let tries = 1; ; tries++) {
      try {
        const written = await this.#send(correlated);
        this.#correlator.recorded({ ...correlated, event: written });
        return;
      } catch (error) {
        // What the server refuses it will refuse again.
        if (!(error instanceof ConnectionError) || tries >= maxTries || this.#hurry.signal.aborted) throw error;
        // The first wait is random, so that the agents of a cluster don't all come at once.
        await sleep(tries === 1 ? retryInterval * Math.random() : retryInterval, { signal: this.#hurry.signal, clock });
      }
    }
  }

  async #send({ event, repeats }: Correlated): Promise<CoreEvent> {
    const events = this.#options.client.resource(eventKind);
    const { name = '', namespace } = event.metadata;
    if (repeats) {
      const { count, lastTimestamp, message } = event;
      try {
        return await events.patch({ namespace, name }, { type: 'strategic', body: { count, lastTimestamp, message } });
      } catch (error) {
        // Its hour has passed: the repeat is written whole.
        if (!isStatus(error, 'NotFound')) throw error;
      }
    }
    return events.create(event);
  }

  #newEvent({
    object: { apiVersion, kind, metadata },
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
  }): CoreEvent {
    const { component, host, clock } = this.#options;
    const { name = '', namespace, uid, resourceVersion } = metadata;
    const now = formatTime(clock.now());
    return {
      metadata: { name: this.#nameFor(name), namespace: namespace ?? 'default' },
      involvedObject: { kind, apiVersion, namespace, name, uid, resourceVersion, ...(fieldPath !== undefined && { fieldPath }) },
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
  }

  /** `<object>.<nanoseconds in hexadecimal>`, counted on within a millisecond so that no two are alike. */
  #nameFor(objectName: string): string {
    const nanos = BigInt(Math.floor(this.#options.clock.now())) * 1_000_000n;
    this.#lastName = nanos > this.#lastName ? nanos : this.#lastName + 1n;
    return `${objectName}.${this.#lastName.toString(16)}`;
  }
}

function laneOf(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
  return Math.abs(hash) % lanes;
}
