import type { Node, Taint } from '@t8s/api';
import { parseQuantity } from '@t8s/meta';
import { HostPorts } from './host-ports.ts';
import { normalizeImageName } from './image-name.ts';
import type { PodInfo } from './pod-info.ts';
import { addResources, noResources, type Resources, toResources } from './resources.ts';

/** Counts changes of all nodes, so that no two states of any node share a generation. */
let lastGeneration = 0;

/** What a node offers. */
export function amountsOf(node: Node | undefined): { allocatable: Resources; allowedPods: number } {
  const { pods = '0', ...amounts } = node?.status?.allocatable ?? node?.status?.capacity ?? {};
  return {
    allocatable: toResources(Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, parseQuantity(text)]))),
    allowedPods: parseQuantity(pods).value,
  };
}

/** A node with the sums over its pods, bound and assumed. Kept up with each event, never recomputed. */
export class NodeInfo {
  readonly name: string;
  /** Undefined while pods are known on a node that is not (yet, or any more) itself known. */
  node: Node | undefined;
  /** In the cluster's order of nodes, as long as its epoch lasts. */
  position = -1;
  allocatable: Resources = noResources();
  allowedPods = 0;
  /** Taints that keep pods away, and those that only lower the score. */
  hardTaints: readonly Taint[] = [];
  softTaints: readonly Taint[] = [];
  /** Bytes of each image on the node, by each of its names. */
  images: ReadonlyMap<string, number> = new Map();
  readonly requested: Resources = noResources();
  readonly assumedRequested: Resources = noResources();
  readonly ports = new HostPorts();
  readonly pods = new Map<string, PodInfo>();
  /** Waiting pods that preemption makes room for here. */
  readonly nominated = new Map<string, PodInfo>();
  /** Grows with every change: equal generations mean an equal node. */
  generation = 0;
  #lowest: { generation: number; priority: number } | undefined;

  constructor(name: string) {
    this.name = name;
    this.#changed();
  }

  /** Of the pods here: whoever has no more cannot make any of them leave. */
  get lowestPriority(): number {
    if (this.#lowest?.generation !== this.generation) {
      let priority = Number.POSITIVE_INFINITY;
      for (const pod of this.pods.values()) if (pod.priority < priority) priority = pod.priority;
      this.#lowest = { generation: this.generation, priority };
    }
    return this.#lowest.priority;
  }

  setNode(node: Node | undefined): void {
    this.node = node;
    const { allocatable, allowedPods } = amountsOf(node);
    this.allocatable = allocatable;
    this.allowedPods = allowedPods;
    const taints = node?.spec.taints ?? [];
    this.hardTaints = taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
    this.softTaints = taints.filter(({ effect }) => effect === 'PreferNoSchedule');
    this.images = new Map(
      (node?.status?.images ?? []).flatMap(({ names = [], sizeBytes = 0 }) =>
        names.map((name): [string, number] => [normalizeImageName(name), sizeBytes]),
      ),
    );
    this.#changed();
  }

  addPod(info: PodInfo): void {
    this.pods.set(info.uid, info);
    addResources(this.requested, info.requests.stated, 1);
    addResources(this.assumedRequested, info.requests.assumed, 1);
    for (const port of info.hostPorts) this.ports.add(port);
    this.#changed();
  }

  /** False if the pod is not here. */
  removePod(uid: string): boolean {
    const info = this.pods.get(uid);
    if (!info) return false;
    this.pods.delete(uid);
    addResources(this.requested, info.requests.stated, -1);
    addResources(this.assumedRequested, info.requests.assumed, -1);
    for (const port of info.hostPorts) this.ports.remove(port);
    this.#changed();
    return true;
  }

  /** Pods that are not here yet but are to be counted with by pods of no higher priority. */
  nominate(info: PodInfo): void {
    this.nominated.set(info.uid, info);
    this.#changed();
  }

  withdraw(uid: string): void {
    if (this.nominated.delete(uid)) this.#changed();
  }

  /** A newer version of a pod that is here, alike in all that placement depends on. */
  confirm(info: PodInfo): void {
    this.pods.set(info.uid, info);
  }

  /** After changes that were undone. */
  restore(generation: number): void {
    this.generation = generation;
  }

  #changed(): void {
    lastGeneration += 1;
    this.generation = lastGeneration;
  }
}
