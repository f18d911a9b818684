/**
 * What the scheduler knows of nodes and the pods on them: what the API told, and the placements it has decided and not yet seen
 * come back ("assumed"). Kept up event by event; a cycle is synchronous and reads it as it stands, so no copy is made.
 */
import type { Node, Pod } from '@t8s/api';
import { NodeInfo } from '../framework/node-info.ts';
import type { ClusterView, Trial } from '../framework/plugin.ts';
import { isPlacedAlike, type PodInfo, toPodInfo } from '../framework/pod-info.ts';
import { ChangeLog } from './change-log.ts';
import { interleaveZones } from './node-order.ts';

interface Placement {
  nodeName: string;
  assumed: boolean;
}

export class Cache implements ClusterView {
  readonly #nodes = new Map<string, NodeInfo>();
  /** By pod uid. */
  readonly #placements = new Map<string, Placement>();
  /** The node each waiting pod is nominated to, by pod uid. */
  readonly #nominations = new Map<string, string>();
  readonly #imageNodes = new Map<string, number>();
  readonly #changes = new ChangeLog<NodeInfo>();
  #order: readonly NodeInfo[] | undefined;
  #epoch = 0;
  #revision = 0;
  /** Placed and nominated pods that ask something of others. */
  #withAffinity = 0;

  /** The known nodes in the order they are tried. */
  get nodes(): readonly NodeInfo[] {
    if (!this.#order) {
      this.#order = interleaveZones([...this.#nodes.values()].filter(({ node }) => node !== undefined));
      for (const [i, info] of this.#order.entries()) info.position = i;
    }
    return this.#order;
  }

  get nodeCount(): number {
    return this.nodes.length;
  }

  /** Changes when something changes that scores read beside the node itself: the set of nodes, their zones or images, namespaces. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Changes when pods may have to be signed anew: with what they belong to. */
  get revision(): number {
    return this.#revision;
  }

  get hasAffinity(): boolean {
    return this.#withAffinity > 0;
  }

  get version(): number {
    return this.#changes.version;
  }

  changedSince(version: number): readonly NodeInfo[] {
    return this.#changes.since(version) ?? this.nodes;
  }

  get podCount(): number {
    return this.#placements.size;
  }

  assumedCount(): number {
    let count = 0;
    for (const { assumed } of this.#placements.values()) if (assumed) count += 1;
    return count;
  }

  /** Something changed that results depend on beside nodes and pods: the labels of namespaces, by which affinity may select, volumes. */
  surroundingsChanged(): void {
    this.#epoch += 1;
  }

  /** Services or controllers changed what they select. */
  workloadsChanged(): void {
    this.#revision += 1;
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    return info?.node && info;
  }

  nodesWithImage(name: string): number {
    return this.#imageNodes.get(name) ?? 0;
  }

  setNode(node: Node): NodeInfo {
    const info = this.#infoOf(node.metadata.name ?? '');
    const before = info.images;
    const isNew = info.node === undefined;
    const hadLabels = info.node?.metadata.labels;
    info.setNode(node);
    const imagesChanged = !sameKeys(before, info.images);
    if (imagesChanged) {
      this.#countImages(before, -1);
      this.#countImages(info.images, 1);
    }
    this.#changes.add(info);
    const moved = isNew || !sameZone(hadLabels, node.metadata.labels);
    if (moved) this.#order = undefined;
    if (moved || imagesChanged) this.#epoch += 1;
    return info;
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (!info?.node) return;
    this.#countImages(info.images, -1);
    info.setNode(undefined);
    this.#order = undefined;
    this.#epoch += 1;
    this.#dropIfEmpty(info);
  }

  /** A pod the API says is on a node: confirms an assumed one, or corrects where it was thought to be. `old`: as the API told before. */
  setPod(pod: Pod): { info: PodInfo; old: PodInfo | undefined } {
    const info = toPodInfo(pod);
    const nodeName = pod.spec.nodeName ?? '';
    const placement = this.#placements.get(info.uid);
    const there = placement && this.#nodes.get(placement.nodeName)?.pods.get(info.uid);
    const old = placement?.assumed ? undefined : there;
    if (placement && there && placement.nodeName === nodeName && isPlacedAlike(there, info)) {
      placement.assumed = false;
      this.#nodes.get(nodeName)?.confirm(info);
    } else {
      this.removePod(info.uid);
      this.#place(info, nodeName, false);
    }
    return { info, old };
  }

  /** Counts the pod on the node before the API knows of it. */
  assume(info: PodInfo, nodeName: string): void {
    this.#place(info, nodeName, true);
  }

  /** Takes an assumed pod back; one that was confirmed meanwhile stays. */
  forget(uid: string): void {
    if (this.isAssumed(uid)) this.removePod(uid);
  }

  isAssumed(uid: string): boolean {
    return this.#placements.get(uid)?.assumed === true;
  }

  /** The node the pod was on, if any. */
  removePod(uid: string): NodeInfo | undefined {
    const placement = this.#placements.get(uid);
    if (!placement) return undefined;
    this.#placements.delete(uid);
    const node = this.#nodes.get(placement.nodeName);
    if (!node) return undefined;
    if (node.pods.get(uid)?.affinity) this.#countAffinity(-1);
    node.removePod(uid);
    this.#changes.add(node);
    this.#dropIfEmpty(node);
    return node;
  }

  /** Lets pods of no higher priority count with a waiting pod on a node; an empty name takes that back. */
  nominate(info: PodInfo, nodeName: string): void {
    const there = this.#nodes.get(nodeName)?.nominated;
    const known = there?.get(info.uid);
    if (known && isPlacedAlike(known, info)) {
      there?.set(info.uid, info);
      return;
    }
    this.withdraw(info.uid);
    if (nodeName === '') return;
    this.#nominations.set(info.uid, nodeName);
    const node = this.#infoOf(nodeName);
    node.nominate(info);
    this.#changes.add(node);
    if (info.affinity) this.#countAffinity(1);
  }

  /** The node that is being made ready for the pod. */
  nominationOf(uid: string): string | undefined {
    return this.#nominations.get(uid);
  }

  withdraw(uid: string): void {
    const node = this.#nodes.get(this.#nominations.get(uid) ?? '');
    if (!node) return;
    this.#nominations.delete(uid);
    if (node.nominated.get(uid)?.affinity) this.#countAffinity(-1);
    node.withdraw(uid);
    this.#changes.add(node);
    this.#dropIfEmpty(node);
  }

  trial<T>(node: NodeInfo, run: (change: Trial) => T): T {
    const { generation } = node;
    const undo: (() => void)[] = [];
    const add = (info: PodInfo): void => {
      node.addPod(info);
      this.#changes.add(node);
    };
    const remove = (info: PodInfo): void => {
      node.removePod(info.uid);
      this.#changes.add(node);
    };
    try {
      return run({
        add: (info) => undo.push(() => remove(info)) && add(info),
        remove: (info) => undo.push(() => add(info)) && remove(info),
      });
    } finally {
      for (const back of undo.reverse()) back();
      node.restore(generation);
    }
  }

  #place(info: PodInfo, nodeName: string, assumed: boolean): void {
    this.#placements.set(info.uid, { nodeName, assumed });
    const node = this.#infoOf(nodeName);
    node.addPod(info);
    this.#changes.add(node);
    if (info.affinity) this.#countAffinity(1);
  }

  #countAffinity(change: 1 | -1): void {
    const before = this.hasAffinity;
    this.#withAffinity += change;
    if (this.hasAffinity !== before) this.#revision += 1;
  }

  #infoOf(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (!info) {
      info = new NodeInfo(name);
      this.#nodes.set(name, info);
    }
    return info;
  }

  #dropIfEmpty(info: NodeInfo): void {
    if (info.node === undefined && info.pods.size + info.nominated.size === 0) this.#nodes.delete(info.name);
  }

  #countImages(images: ReadonlyMap<string, number>, change: 1 | -1): void {
    for (const name of images.keys()) {
      const count = this.nodesWithImage(name) + change;
      if (count > 0) this.#imageNodes.set(name, count);
      else this.#imageNodes.delete(name);
    }
  }
}

function sameKeys(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const key of a.keys()) if (!b.has(key)) return false;
  return true;
}

function sameZone(a: Record<string, string> | undefined, b: Record<string, string> | undefined): boolean {
  return ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'].every((label) => a?.[label] === b?.[label]);
}
