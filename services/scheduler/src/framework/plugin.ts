/**
 * The extension points of the scheduling framework (https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/).
 * A plugin implements those it needs; all but preBind and bind are synchronous, so that a cycle sees one state of the cluster.
 */

import type { Pod } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import type { Selector } from '@t8s/meta';
import type { NamespaceLabels } from './affinity-terms.ts';
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
  /** On how many nodes an image is present. */
  nodesWithImage(name: string): number;
  /** Whether any pod on a node asks something of pods beside it. */
  readonly hasAffinity: boolean;
}

/**
 * `skip`: the plugin's filter has nothing to say about this pod. `rejection`: no node can take the pod.
 * `nodes`: only these can; the others need not be looked at.
 */
export type PreFilterResult<S> = { skip: true } | { rejection: Rejection } | { state: S; nodes?: ReadonlySet<string> };

export type PreScoreResult<P> = { skip: true } | { state: P };

export interface Plugin<S = unknown, P = unknown> {
  readonly name: string;

  /**
   * All that filter and score read of the pod and of what belongs to it, as plain data: pods whose signs are equal are rejected
   * and scored alike on equal nodes, and share results. Every plugin with filter or score has one.
   */
  sign?(pod: PodInfo, cluster: Pick<ClusterView, 'hasAffinity'>): unknown;

  /** Keeps the pod out of the active queue until it changes; the reason says why. */
  preEnqueue?(pod: PodInfo): Rejection | undefined;

  /** The order of the active queue: true if `a` comes before `b`. One plugin of a profile has it. */
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
  normalize?(scores: number[]): void;

  /**
   * Whether a change elsewhere may turn this plugin's rejection of a node into consent: another pod that came to a node, left one
   * or changed there, or, without a pod, any node or namespace. Of plugins with beforeFilter.
   */
  mayHelp?(waiting: PodInfo, changed: PodInfo | undefined): boolean;

  /** The node is chosen: take what the plugin keeps account of itself. */
  reserve?(pod: PodInfo, nodeName: string): Rejection | undefined;

  /** Gives back what reserve took, in reverse order. Must succeed, also where reserve was not called. */
  unreserve?(pod: PodInfo, nodeName: string): void;

  /** What must be done before the pod may start there. Throws to give the placement up. */
  preBind?(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<void>;

  /** Tells the API. The first plugin that has this does it. Throws on failure. */
  bind?(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<void>;
}

export interface QueueOrder {
  readonly info: PodInfo;
  /** When the pod came to the queue, in milliseconds. */
  readonly timestamp: number;
}

/** What plugins are made with. */
export interface PluginContext {
  client: Client;
  clock: Clock;
  /** What services and the pod's controller select it and its like by; empty where none does. */
  workloadSelector(pod: Pod): Selector;
  namespaceLabels: NamespaceLabels;
}

export const maxScore = 100;
