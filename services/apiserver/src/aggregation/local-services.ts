/**
 * APIServices of what this server answers itself: the built-in group-versions, made at the start, and those of custom resources, kept
 * in step with their definitions (kube-aggregator's autoregister controller).
 */
import {
  type APIService,
  type APIServiceSpec,
  apiServiceKind,
  type CustomResourceDefinition,
  customResourceDefinitionKind,
  semanticEqual,
} from '@t8s/api';
import type { ResourceClient } from '@t8s/client';
import { type GroupVersion, isStatus } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import type { Logger } from '@t8s/telemetry';
import { WorkQueue } from '@t8s/workqueue';
import { follow } from '../custom-resources/follow.ts';
import { customPriority, priorityOf } from '../discovery/priorities.ts';

export interface LocalServicesOptions {
  cache: WatchCache;
  apiServices: ResourceClient<APIService>;
  builtIn: readonly GroupVersion[];
  log: Logger;
}

const managedLabel = 'kube-aggregator.kubernetes.io/automanaged';
/** The aggregator's own group is no APIService. */
const ownGroup = 'apiregistration.k8s.io';
const maxDelay = 30_000;

export class LocalServices {
  readonly #options: LocalServicesOptions;
  readonly #queue = new WorkQueue({ maxDelay });
  readonly #builtIn: ReadonlyMap<string, GroupVersion>;
  /** Built-in ones are brought in order once; whoever changes them later, or lets a service of their own answer, is let be. */
  readonly #done = new Set<string>();
  #atStart: ReadonlySet<string> | undefined;

  constructor(options: LocalServicesOptions) {
    this.#options = options;
    this.#builtIn = new Map(options.builtIn.filter(({ group }) => group !== ownGroup).map((gv) => [nameOf(gv), gv]));
  }

  async run(signal: AbortSignal): Promise<void> {
    const { cache } = this.#options;
    const add = (name: string): void => this.#queue.add(name);
    const versions = (crd: CustomResourceDefinition): void => {
      for (const { name: version } of crd.spec.versions) add(nameOf({ group: crd.spec.group, version }));
    };
    follow(
      cache,
      customResourceDefinitionKind.resource,
      {
        all: (found) => found.forEach(({ object }) => void versions(object as CustomResourceDefinition)),
        changed: ({ current, previous }) => {
          for (const cached of [current, previous]) if (cached) versions(cached.object as CustomResourceDefinition);
        },
      },
      signal,
    );
    follow(
      cache,
      apiServiceKind.resource,
      {
        all: (found) => {
          this.#atStart ??= new Set(found.map(({ key }) => key));
          for (const name of [...this.#builtIn.keys(), ...found.map(({ key }) => key)]) add(name);
        },
        changed: ({ current, previous }) => add((current ?? previous)?.key ?? ''),
      },
      signal,
    );
    signal.addEventListener('abort', () => this.#queue.close(), { once: true });
    for (let name = await this.#queue.take(); name !== undefined; name = await this.#queue.take()) {
      try {
        await this.#reconcile(name);
        this.#queue.forget(name);
      } catch (error) {
        if (signal.aborted) return;
        // Another apiserver was first: its event is on the way.
        if (!isStatus(error, 'Conflict', 'NotFound', 'AlreadyExists'))
          this.#options.log.warn({ err: error, apiService: name }, 'not registered');
        this.#queue.addRateLimited(name);
      } finally {
        this.#queue.done(name);
      }
    }
  }

  async #reconcile(name: string): Promise<void> {
    const { cache, apiServices } = this.#options;
    const current = cache.resource(apiServiceKind.resource).get(name)?.object as APIService | undefined;
    const wanted = this.#wanted(name);
    const label = current?.metadata.labels?.[managedLabel];
    if (wanted?.manage === 'onstart' && this.#done.has(name)) return;
    if (!current) {
      if (wanted) await apiServices.create({ metadata: { name, labels: { [managedLabel]: wanted.manage } }, spec: wanted.spec });
    } else if (label === 'true' || (label === 'onstart' && !current.spec.service && this.#atStart?.has(name) && !this.#done.has(name))) {
      const { uid = '' } = current.metadata;
      if (!wanted) await apiServices.delete({ name }, { preconditions: { uid } });
      else if (!semanticEqual(current.spec, wanted.spec)) await apiServices.update({ ...current, spec: wanted.spec });
    }
    if (wanted?.manage === 'onstart') this.#done.add(name);
  }

  /** What should be there; undefined for names that nothing here answers. */
  #wanted(name: string): { manage: 'onstart' | 'true'; spec: APIServiceSpec } | undefined {
    const builtIn = this.#builtIn.get(name);
    if (builtIn) return { manage: 'onstart', spec: specOf(builtIn, priorityOf(builtIn)) };
    const dot = name.indexOf('.');
    const gv = { version: name.slice(0, dot), group: name.slice(dot + 1) };
    return this.#isDefined(gv) ? { manage: 'true', spec: specOf(gv, customPriority) } : undefined;
  }

  #isDefined({ group, version }: GroupVersion): boolean {
    for (const { object } of this.#options.cache.resource(customResourceDefinitionKind.resource).range()) {
      const { spec } = object as CustomResourceDefinition;
      if (spec.group === group && spec.versions.some(({ name, served }) => name === version && served)) return true;
    }
    return false;
  }
}

const nameOf = ({ group, version }: GroupVersion): string => `${version}.${group}`;

const specOf = ({ group, version }: GroupVersion, priority: { group: number; version: number }): APIServiceSpec => ({
  ...(group !== '' && { group }),
  version,
  groupPriorityMinimum: priority.group,
  versionPriority: priority.version,
});
