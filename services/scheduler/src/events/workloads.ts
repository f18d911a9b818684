/** What services and controllers select their pods by: pods of one workload are spread over the nodes. */
import {
  type Pod,
  type ReplicaSet,
  type ReplicationController,
  replicaSetKind,
  replicationControllerKind,
  type Service,
  type StatefulSet,
  serviceKind,
  statefulSetKind,
} from '@t8s/api';
import type { ResourceRef } from '@t8s/client';
import type { InformerSet } from '@t8s/informer';
import { controllerOf, type KubeObject, Selector, type SelectorRequirement, selectorFromMap, toSelector } from '@t8s/meta';

export interface WorkloadsOptions {
  informers: InformerSet;
  /** Called when some pod's selector may have become another one. */
  changed(): void;
}

export class Workloads {
  readonly #options: WorkloadsOptions;
  /** By `apiVersion/kind/namespace`, then by name. */
  readonly #selectors = new Map<string, Map<string, Selector>>();

  constructor(options: WorkloadsOptions) {
    this.#options = options;
    // A service without a selector has endpoints of other kinds, and selects no pods; neither does one with an empty selector.
    this.#follow<Service>(serviceKind, ({ spec }) => (spec.selector ? selectorFromMap(spec.selector) : undefined));
    this.#follow<ReplicationController>(replicationControllerKind, ({ spec }) => selectorFromMap(spec.selector ?? {}));
    this.#follow<ReplicaSet>(replicaSetKind, ({ spec }) => toSelector(spec.selector));
    this.#follow<StatefulSet>(statefulSetKind, ({ spec }) => toSelector(spec.selector));
  }

  /** What all services that select the pod, and its controller, select by together; empty where there are none. */
  selectorOf(pod: Pod): Selector {
    const { namespace = '', labels } = pod.metadata;
    const requirements = new Map<string, SelectorRequirement>();
    const add = (selector: Selector | undefined): void => {
      for (const requirement of selector?.requirements ?? [])
        requirements.set(`${requirement.key} ${requirement.operator} ${requirement.values}`, requirement);
    };
    for (const selector of this.#selectors.get(`v1/Service/${namespace}`)?.values() ?? []) if (selector.matches(labels)) add(selector);
    const owner = controllerOf(pod);
    if (owner) add(this.#selectors.get(`${owner.apiVersion}/${owner.kind}/${namespace}`)?.get(owner.name));
    return new Selector([...requirements.values()]);
  }

  #follow<T extends KubeObject & { spec: { selector?: unknown } }>(
    kind: ResourceRef<T>,
    selectorOf: (object: T) => Selector | undefined,
  ): void {
    const { informers, changed } = this.#options;
    const transform = ({ metadata: { namespace, name, uid, resourceVersion }, spec: { selector } }: T): T =>
      ({ metadata: { namespace, name, uid, resourceVersion }, spec: { selector } }) as T;
    const informer = informers.informer<T>(kind, { transform });
    const group = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    const set = ({ metadata: { namespace, name = '' } }: T, selector: Selector | undefined): void => {
      const key = `${group}/${kind.kind}/${namespace}`;
      const names = this.#selectors.get(key) ?? new Map<string, Selector>();
      if (names.get(name)?.toString() === selector?.toString()) return;
      if (selector) names.set(name, selector);
      else names.delete(name);
      if (names.size > 0) this.#selectors.set(key, names);
      else this.#selectors.delete(key);
      changed();
    };
    const isSet = (object: T): void => set(object, selectorOf(object));
    informer.addHandler({ added: isSet, updated: isSet, deleted: (object) => set(object, undefined) });
  }
}
