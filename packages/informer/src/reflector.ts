/**
 * Mirrors a list of the API: lists once, then follows its watch, and again from the start when the log has moved on.
 * Promised: what the sink is told is, in order, what the API held. Not promised: every version in between a relist.
 */
import { Backoff, type Clock, sleep, systemClock } from '@t8s/async';
import type { ResourceClient } from '@t8s/client';
import { isStatus, type KubeObject } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';

export interface ReflectorSink<T> {
  /** Everything there is; what is missing from it is gone. */
  replace(objects: T[]): void;
  set(object: T): void;
  delete(object: T): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  /** For log lines: the resource's name. */
  name: string;
  resource: ResourceClient<T>;
  scope: { namespace?: string; labelSelector?: string; fieldSelector?: string };
  sink: ReflectorSink<T>;
  log: Logger;
  clock?: Clock;
}

/** Objects a page, so that a first list of a big cluster stays bounded on both sides. */
const pageSize = 500;

/** A watch that ends sooner is a failure too: asking again at once would load the server for nothing. Milliseconds. */
const shortestWatch = 1000;
/** After so long without a failure the next one waits the shortest time again (client-go). Milliseconds. */
const backoffReset = 120_000;

/**
 * Runs until the signal aborts. Trouble with the connection or the server is retried with back-off (client-go: 800 ms to 30 s),
 * from the version reached; from a new list where the server does not know that version any more, or not yet.
 */
export async function reflect<T extends KubeObject>(options: ReflectorOptions<T>, signal: AbortSignal): Promise<void> {
  const { name, log, clock = systemClock } = options;
  const backoff = new Backoff({ base: 800, cap: 30_000, jitter: 1 });
  let resourceVersion: string | undefined;
  let failedAt = clock.now();
  while (!signal.aborted) {
    try {
      resourceVersion ??= await list(options, signal);
      const begun = clock.now();
      for await (const version of watch(options, resourceVersion, signal)) resourceVersion = version;
      if (clock.now() - begun >= shortestWatch) continue;
    } catch (error) {
      if (signal.aborted) return;
      if (isStatus(error, 'Expired', 'Gone', 'Timeout')) resourceVersion = undefined;
      // A server that is away is nothing to wake anybody for; what it refuses won't mend itself.
      const level = isStatus(error, 'Forbidden', 'Unauthorized') ? 'warn' : 'debug';
      log[level]({ resource: name, err: error }, 'watch failed');
    }
    if (signal.aborted) return;
    if (clock.now() - failedAt > backoffReset) backoff.reset();
    failedAt = clock.now();
    await sleep(backoff.next(), { signal, clock }).catch((cause: unknown) => {
      if (!signal.aborted) throw cause;
    });
  }
}

/** Tells the sink all there is; returns the version it is of. */
async function list<T extends KubeObject>({ resource, scope, sink }: ReflectorOptions<T>, signal: AbortSignal): Promise<string> {
  const objects: T[] = [];
  for (let token: string | undefined; ; ) {
    const page = await resource.list({ ...scope, limit: pageSize, ...(token ? { continue: token } : {}), signal });
    objects.push(...page.items);
    token = page.metadata.continue;
    if (!token) {
      sink.replace(objects);
      return page.metadata.resourceVersion ?? '';
    }
  }
}

/** Yields the version reached after each event. Ends when the server closes the watch, as it does every few minutes. */
async function* watch<T extends KubeObject>(
  { resource, scope, sink }: ReflectorOptions<T>,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncIterable<string> {
  // Spread over 5 to 10 minutes, so that the watches of a cluster don't all end at once (client-go).
  const timeoutSeconds = Math.round(300 * (1 + Math.random()));
  for await (const { type, object } of resource.watch({ ...scope, resourceVersion, allowWatchBookmarks: true, timeoutSeconds, signal })) {
    if (type === 'DELETED') sink.delete(object);
    else if (type !== 'BOOKMARK') sink.set(object);
    yield object.metadata.resourceVersion ?? resourceVersion;
  }
}
