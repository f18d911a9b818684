/**
 * What a controller did and its cache doesn't show yet. A reconcile that counts pods from the cache waits until its own
 * creations and deletions are in it, or it would do them again.
 */

import { type Clock, systemClock } from '@t8s/async';
import type { KubeObject } from '@t8s/meta';

/** An event lost for good (created and deleted while the watch was down) must not block a key for ever: as upstream. */
const expireMs = 5 * 60_000;

type What = 'created' | 'deleted';

export class Expectations {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Map<string, { what: What; since: number }>>();
  readonly #keyOf = new Map<string, string>();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Call when the API has answered, unless the cache already shows it. */
  expect(key: string, what: What, uid: string): void {
    const pending = this.#byKey.get(key) ?? new Map<string, { what: What; since: number }>();
    pending.set(uid, { what, since: this.#clock.now() });
    this.#byKey.set(key, pending);
    this.#keyOf.set(uid, key);
  }

  /** True when the cache has shown all that `key` waits for, or the wait has expired. */
  satisfied(key: string): boolean {
    const pending = this.#byKey.get(key);
    if (!pending) return true;
    const now = this.#clock.now();
    if (![...pending.values()].every(({ since }) => now - since > expireMs)) return false;
    this.forget(key);
    return true;
  }

  /** What the events of the informer are told to. */
  readonly handler = {
    added: (object: KubeObject): void => this.observe(object, false),
    updated: (object: KubeObject): void => this.observe(object, false),
    deleted: (object: KubeObject): void => this.observe(object, true),
  };

  /** Tells what an event showed: what is there counts as created, what is going or gone as both. */
  observe(object: KubeObject, gone: boolean): void {
    const uid = object.metadata.uid ?? '';
    const key = this.#keyOf.get(uid);
    const pending = key === undefined ? undefined : this.#byKey.get(key);
    if (key === undefined || !pending) return;
    const leaving = gone || object.metadata.deletionTimestamp !== undefined;
    if (pending.get(uid)?.what === 'deleted' && !leaving) return;
    pending.delete(uid);
    this.#keyOf.delete(uid);
    if (pending.size === 0) this.#byKey.delete(key);
  }

  forget(key: string): void {
    for (const uid of this.#byKey.get(key)?.keys() ?? []) this.#keyOf.delete(uid);
    this.#byKey.delete(key);
  }
}
