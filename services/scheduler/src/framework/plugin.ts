/**
 * The extension points of the scheduling framework (https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/).
 * A plugin implements those it needs; all but preBind, bind and what postFilter starts are synchronous, so that a cycle sees one
 * state of the cluster.
 */
import type { Hints } from './cluster-event.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

export interface Rejection {
  /** Unresolvable: taking other pods off the node would not help. */
  code: 'Unschedulable' | 'UnschedulableAndUnresolvable';
  /** As upstream words them; the user reads them with a count of nodes in front. */
  reasons: readonly string[];
}

/** What of the cluster a plugin may look at beside the node in question. */
export interface ClusterView {
  readonly nodes: readonly NodeInfo[];
  readonly nodeCount: number;
  node(name: string): NodeInfo | undefined;
  /** On how many nodes an image is present. */
  nodesWithImage(name: string): number;
  /** Whether any pod on a node asks something of pods beside it. */
  readonly hasAffinity: boolean;
  /** Grows with every change of a node. */
  readonly version: number;
  /** The nodes that changed after a version, some more than once; all of them where that is too long ago. */
  changedSince(version: number): readonly NodeInfo[];
  /** Asks what would be if pods came to a node and left it. The node is as it was when this returns. */
  trial<T>(node: NodeInfo, run: (change: Trial) => T): T;
}

export interface Trial {
  add(info: PodInfo): void;
  remove(info: PodInfo): void;
}

/**
 * `skip`: the plugin's filter has nothing to say about this pod. `rejection`: no node can take the pod.
 * `nodes`: only these can; the others need not be looked at.
 */
export type PreFilterResult<S> = { skip: true } | { rejection: Rejection } | { state: S; nodes?: ReadonlySet<string> };

export type PreScoreResult<P> = { skip: true } | { state: P };

/** What postFilter can learn of the search that found no node. */
export interface FailedSearch {
  /** What a preFilter said of the pod: no node was looked at. */
  pod?: Rejection;
  /** What the node said; undefined where a preFilter has ruled it out. */
  verdictOf(node: NodeInfo): Rejection | undefined;
  /** Why the node does not take the pod as it stands in a trial, beside the pods nominated to it. */
  reject(node: NodeInfo): Rejection | undefined;
}

/**
 * `nominate`: the node that will have room for the pod; empty to take a nomination back. `message` says why there is none.
 * `isLast`: no further plugin is asked.
 */
export interface PostFilterResult {
  nominate?: string;
  message?: string;
  isLast?: true;
}

export type PermitResult = { wait: number } | { rejection: Rejection } | undefined;

export interface Plugin<S = unknown, P = unknown> {
  readonly name: string;

  /**
   * All that filter and score read of the pod and of what belongs to it, as plain data: pods whose signs are equal are rejected
   * and scored alike on equal nodes, and share results. Every plugin with filter or score has one.
   */
  sign?(pod: PodInfo, cluster: Pick<ClusterView, 'hasAffinity'>): unknown;

  /** Which changes may help a pod that this plugin rejected. A plugin without hints is taken to be helped by every change. */
  readonly hints?: Hints;

  /** Keeps the pod out of the active queue until an event that its hints name, or a change of the pod; the reason says why. */
  preEnqueue?(pod: PodInfo): Rejection | undefined;

  /** queueSort: true if `a` comes before `b`. One plugin of a profile has it, and all profiles of a process have the same. */
  less?(a: QueueOrder, b: QueueOrder): boolean;

  /** Once a signature, before any node is looked at. */
  preFilter?(pod: PodInfo, cluster: ClusterView): PreFilterResult<S>;

  /**
   * Of plugins whose filter looks at pods of other nodes as well: brings the state up to date before each search. What such a
   * filter says of a node is not reused; its state is, by all pods with this signature. They filter after the others.
   */
  beforeFilter?(state: S, cluster: ClusterView): void;

  /** Undefined where the pod may run on the node. Depends on nothing but the pod's sign, the node and what beforeFilter saw. */
  filter?(pod: PodInfo, node: NodeInfo, state: S): Rejection | undefined;

  /** No node takes the pod: may make room. The first plugin that nominates a node ends the round. */
  postFilter?(pod: PodInfo, search: FailedSearch): PostFilterResult;

  /** Once a signature, before scoring. */
  preScore?(pod: PodInfo, cluster: ClusterView): PreScoreResult<P>;

  /** As beforeFilter, for scores. `feasible`: the nodes that passed all filters, among which to choose. */
  beforeScore?(state: P, cluster: ClusterView, feasible: readonly NodeInfo[]): void;

  /**
   * 0 to 100 unless `normalize` brings it there. Depends on nothing but the pod's sign, the node, the cluster view's count of
   * images, and what beforeScore saw.
   */
  score?(pod: PodInfo, node: NodeInfo, state: P): number;

  /** Brings the scores of all feasible nodes to 0…100, in place. */
  normalize?(scores: Float64Array | number[]): void;

  /** The node is chosen: take what the plugin keeps account of itself. */
  reserve?(pod: PodInfo, nodeName: string): Rejection | undefined;

  /** Gives back what reserve took, in reverse order. Must succeed, also where reserve was not called. */
  unreserve?(pod: PodInfo, nodeName: string): void;

  /** May hold the placement for up to `wait` milliseconds, until this plugin allows it (see WaitingPods). */
  permit?(pod: PodInfo, nodeName: string): PermitResult;

  /** What must be done before the pod may start there. A rejection gives the placement up; so does a throw, as a fault. */
  preBind?(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<Rejection | undefined>;

  /** Tells the API. The first plugin of the profile that has this does it. Throws on failure. */
  bind?(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<void>;

  /** The pod is bound. */
  postBind?(pod: PodInfo, nodeName: string): void;
}

export interface QueueOrder {
  readonly info: PodInfo;
  /** When the pod came to the queue, in milliseconds. */
  readonly timestamp: number;
}

export const maxScore = 100;
