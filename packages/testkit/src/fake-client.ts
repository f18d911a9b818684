/**
 * An apiserver in memory behind the Client interface, for tests of what stands on it. Keeps the promises controllers rely on:
 * versions that grow, conflicts, uids, generations, finalizers, status apart from spec, watches that miss nothing or expire.
 * Does no defaulting, validation or admission; patches are all but apply.
 */
import { type Kind, kinds } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client, ResourceClient, ResourceRef } from '@t8s/client';
import { type KubeObject, unknownPath } from '@t8s/meta';
import { FakeResource } from './fake-resource.ts';
import { FakeStore } from './fake-store.ts';

/** A request seen, for assertions: `create pods`, `patch nodes/status`. */
export interface Action {
  verb: string;
  resource: string;
  namespace?: string | undefined;
  name?: string | undefined;
  object?: object;
}

export class FakeClient implements Client {
  readonly actions: Action[] = [];
  /** What discovery tells of. A test may add to it and take from it. */
  readonly kinds: ResourceRef<KubeObject>[] = [...kinds];
  readonly #store: FakeStore;
  readonly #reactions: ((action: Action) => void)[] = [];

  constructor({ clock }: { clock?: Clock } = {}) {
    this.#store = new FakeStore(clock);
  }

  /** Lets a test answer a request with an error: what `react` throws is what the caller gets. */
  onAction(react: (action: Action) => void): void {
    this.#reactions.push(react);
  }

  /** Of the last write. */
  get version(): number {
    return this.#store.version;
  }

  /** Forgets old versions: watches from before expire. */
  compact(): void {
    this.#store.compact();
  }

  resource<T extends KubeObject>(kind: ResourceRef<T>): ResourceClient<T> {
    const record = (action: Action): void => {
      this.actions.push(action);
      for (const react of this.#reactions) react(action);
    };
    // The store forgets T; a kind's name restores it.
    return new FakeResource({ store: this.#store, kind, record }) as unknown as ResourceClient<T>;
  }

  request(): never {
    throw unknownPath();
  }

  stream(): never {
    throw unknownPath();
  }

  upgrade(): never {
    throw unknownPath();
  }

  tunnel(): never {
    throw unknownPath();
  }

  /** Discovery, enough for controllers that work on every kind. */
  async getJson<T>(path: string): Promise<T> {
    const groups = new Map(this.kinds.filter((k) => k.group !== '').map((k) => [k.group, k.version]));
    if (path === '/apis')
      return {
        kind: 'APIGroupList',
        groups: [...groups].map(([name, version]) => ({
          name,
          versions: [{ groupVersion: `${name}/${version}`, version }],
          preferredVersion: { groupVersion: `${name}/${version}`, version },
        })),
      } as T;
    const served = this.kinds.filter((k) => path === (k.group === '' ? `/api/${k.version}` : `/apis/${k.group}/${k.version}`));
    if (served.length === 0) throw unknownPath();
    return {
      kind: 'APIResourceList',
      resources: served.flatMap(({ resource, kind, namespaced, ...more }) => [
        { name: resource, kind, namespaced, verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] },
        ...((more as Kind).subresources?.scale
          ? [{ name: `${resource}/scale`, kind: 'Scale', namespaced, verbs: ['get', 'patch', 'update'] }]
          : []),
      ]),
    } as T;
  }

  close(): void {
    this.#store.wake();
  }
}
