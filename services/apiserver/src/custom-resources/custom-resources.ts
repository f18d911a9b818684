/**
 * Custom resources: from definitions to what is served. A definition's event changes at once what this apiserver serves; its status
 * is kept by whichever apiserver comes first, and all come to the same result.
 */

import { isDeepStrictEqual } from 'node:util';
import { type CustomResourceDefinition, customResourceDefinitionKind } from '@t8s/api';
import type { ResourceClient } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import type { CachedObject, WatchCache } from '@t8s/storage';
import type { Logger } from '@t8s/telemetry';
import { WorkQueue } from '@t8s/workqueue';
import type { ServedResource } from '../context.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { cleanUp, cleanupFinalizer } from './clean-up.ts';
import { isTrue } from './conditions.ts';
import type { Converter } from './conversion/converter.ts';
import { DefinitionServing, fingerprint, isTerminating, storageOf } from './definition-serving.ts';
import { follow } from './follow.ts';
import { statusOf } from './status.ts';

export interface CustomResourcesOptions {
  cache: WatchCache;
  served: ServedResources;
  definitions: ResourceClient<CustomResourceDefinition>;
  /** How the objects of a definition get from one version to another. */
  converter(crd: CustomResourceDefinition): Converter;
  /** Deletes an object as a client's request would. */
  remove(resource: ServedResource, object: { namespace: string; name: string }): Promise<void>;
  log: Logger;
}

const { resource: storage } = customResourceDefinitionKind;
/** Definitions worked on at a time. */
const workers = 4;
/** A definition that fails is tried again within this. Milliseconds. */
const maxDelay = 30_000;

export class CustomResources {
  readonly #options: CustomResourcesOptions;
  readonly #serving = new Map<string, DefinitionServing>();
  readonly #queue = new WorkQueue({ maxDelay });

  constructor(options: CustomResourcesOptions) {
    this.#options = options;
  }

  /** Serves what definitions ask for and keeps their status, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { cache } = this.#options;
    follow(
      cache,
      storage,
      {
        all: (found) => {
          const names = new Set(found.map(({ key }) => key));
          for (const name of this.#serving.keys()) if (!names.has(name)) this.#withdraw(name);
          for (const cached of found) this.#defined(cached);
        },
        changed: ({ current, previous }) => {
          if (current) this.#defined(current);
          else if (previous) this.#gone(previous);
        },
      },
      signal,
    );
    signal.addEventListener('abort', () => this.#queue.close(), { once: true });
    await Promise.all(Array.from({ length: workers }, () => this.#work(signal)));
    for (const serving of this.#serving.values()) serving.retire();
  }

  #defined({ key, object }: CachedObject): void {
    const crd = object as CustomResourceDefinition;
    if (isTrue(crd, 'Established')) this.#serve(key, crd);
    this.#queue.add(key);
    // A name that it has, or gives back, may be another's wish.
    for (const other of this.#group(crd.spec.group)) if (!isTrue(other, 'NamesAccepted')) this.#queue.add(other.metadata.name ?? '');
  }

  #gone({ key, object }: CachedObject): void {
    this.#withdraw(key);
    for (const other of this.#group((object as CustomResourceDefinition).spec.group)) this.#queue.add(other.metadata.name ?? '');
  }

  #serve(name: string, crd: CustomResourceDefinition): void {
    const { served } = this.#options;
    const before = this.#serving.get(name);
    const serving = before?.fingerprint === fingerprint(crd) ? before : this.#make(crd);
    if (!serving) return;
    this.#serving.set(name, serving);
    const resources = serving.resources(isTerminating(crd));
    if (served.custom(name) !== resources) served.setCustom(name, resources);
    if (before !== serving) before?.retire();
  }

  /** Undefined for a definition that got into the store past validation: what it defines is served as before, or not at all. */
  #make(crd: CustomResourceDefinition): DefinitionServing | undefined {
    const { cache, converter, log } = this.#options;
    try {
      return new DefinitionServing({ crd, cache, converter: converter(crd) });
    } catch (error) {
      log.error({ err: error, definition: crd.metadata.name }, 'a definition that makes no sense is not served');
      return undefined;
    }
  }

  #withdraw(name: string): void {
    const serving = this.#serving.get(name);
    if (!serving) return;
    this.#serving.delete(name);
    this.#options.served.setCustom(name, []);
    serving.retire();
    this.#options.cache.forget(serving.storage);
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let name = await this.#queue.take(); name !== undefined; name = await this.#queue.take()) {
      try {
        await this.#reconcile(name);
        this.#queue.forget(name);
      } catch (error) {
        if (signal.aborted) return;
        // Another apiserver was first, or the definition went: the event of that brings the name back.
        if (isStatus(error, 'Conflict', 'NotFound')) continue;
        this.#options.log.warn({ err: error, definition: name }, 'not in order yet');
        this.#queue.addRateLimited(name);
      } finally {
        this.#queue.done(name);
      }
    }
  }

  async #reconcile(name: string): Promise<void> {
    const { cache, definitions } = this.#options;
    await cache.consistent();
    const crd = this.#read(name);
    if (!crd) return;
    if (crd.metadata.deletionTimestamp === undefined) {
      const status = statusOf(crd, this.#group(crd.spec.group), Date.now());
      if (!isDeepStrictEqual(status, crd.status)) await definitions.updateStatus({ ...crd, status });
    } else if (crd.metadata.finalizers?.includes(cleanupFinalizer)) {
      await this.#cleanUp(crd);
    }
  }

  /** Looks again with every change of an object that is still there. */
  async #cleanUp(crd: CustomResourceDefinition): Promise<void> {
    const { cache, definitions, remove } = this.#options;
    const name = crd.metadata.name ?? '';
    const resource = this.#serving.get(name)?.stored;
    const stored = cache.resource(storageOf(crd));
    const left = await cleanUp({
      crd,
      definitions,
      remove: resource && ((object) => remove(resource, object)),
      objects: () => stored.range(),
    });
    if (!left) return;
    const again = (): void => {
      stop();
      this.#queue.add(name);
    };
    const stop = stored.watch({ deliver: again, expired: again }, cache.revision);
    // What came between the look and now is no event of the watch.
    if (stored.size < left) again();
  }

  #read(name: string): CustomResourceDefinition | undefined {
    return this.#options.cache.resource(storage).get(name)?.object as CustomResourceDefinition | undefined;
  }

  #group(group: string): CustomResourceDefinition[] {
    return [...this.#options.cache.resource(storage).range()]
      .map(({ object }) => object as CustomResourceDefinition)
      .filter(({ spec }) => spec.group === group);
  }
}
