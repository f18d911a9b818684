/** What a stateful set does next. Pure. */
import type { Pod, StatefulSet } from '@t8s/api';
import { isAvailable, isTerminal } from '../../pods/pod-state.ts';
import { firstOrdinal, isWanted, ordinalOf, type Revision, revisionOf } from './identity.ts';
import { isGoing, isRunning, madeFrom } from './status.ts';

export interface State {
  set: StatefulSet;
  /** Its pods, those on their way out among them. */
  pods: readonly Pod[];
  /** What pods were made from before the update under way, and what they are to be made from. */
  current: Revision;
  update: Revision;
  /** True while a claim of the ordinal still belongs to a pod that was scaled away. */
  isStale(ordinal: number): boolean;
  now: number;
}

export type Step =
  | { what: 'create'; ordinal: number; revision: Revision }
  | { what: 'delete'; pod: Pod }
  /** The pod has what it needs: its claims, their owners, its labels. */
  | { what: 'keep'; pod: Pod }
  /** Its claims have the owner that the retention policy wants. */
  | { what: 'own'; pod: Pod };

/**
 * Groups of steps: a group at once, the next when all of it is done. Ordered sets do one thing after the other and stop at what
 * isn't available yet; parallel ones stop only in the middle of an update.
 */
export function decide(state: State): Step[][] {
  const { set, pods } = state;
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  const available = (pod: Pod): boolean => !isGoing(pod) && isRunning(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, state.now);
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod) ?? -1, pod]));
  const start = firstOrdinal(set);
  const wanted = Array.from({ length: set.spec.replicas ?? 1 }, (_, index) => start + index);

  const living: Step[] = [];
  for (const ordinal of wanted) {
    const pod = byOrdinal.get(ordinal);
    const step = pod ? tend(pod) : createStep(state, ordinal);
    if (step) living.push(step);
    if (isOrdered && (pod === undefined || !available(pod))) return oneByOne(living);
  }

  const condemned = [...byOrdinal].filter(([ordinal]) => !isWanted(set, ordinal)).sort(([a], [b]) => b - a);
  const surplus = condemned.map(([, pod]) => pod);
  const owned = surplus.map((pod): Step => ({ what: 'own', pod }));
  if (isOrdered && surplus[0]) return oneByOne([...living, ...owned, ...scaleDown(surplus, available)]);

  const removed = surplus.filter((pod) => !isGoing(pod)).map(deletion);
  const next = replaceNext(state, (index) => byOrdinal.get(start + index), available);
  return isOrdered ? oneByOne([...living, ...next]) : [living, owned, removed, next];
}

const oneByOne = (steps: readonly Step[]): Step[][] => steps.map((step) => [step]);
const deletion = (pod: Pod): Step => ({ what: 'delete', pod });

/** Pods that have ended are made again, whatever their exit code: it may be that of an eviction. */
function tend(pod: Pod): Step | undefined {
  if (isGoing(pod)) return undefined;
  return isTerminal(pod) ? deletion(pod) : { what: 'keep', pod };
}

function createStep({ set, pods, current, update, isStale }: State, ordinal: number): Step | undefined {
  if (isStale(ordinal)) return undefined;
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  // Below the partition pods come back as they were; without one, those that the update hasn't reached: a status tells it too late.
  const boundary = rollingUpdate ? (rollingUpdate.partition ?? 0) : madeFrom(pods, current.name);
  const isCurrent = type !== 'OnDelete' && ordinal < firstOrdinal(set) + boundary;
  return { what: 'create', ordinal, revision: isCurrent ? current : update };
}

/** The last one goes, when it is available or nothing below it fails: an unavailable one that isn't the lowest waits. */
function scaleDown(surplus: readonly Pod[], available: (pod: Pod) => boolean): Step[] {
  const [last] = surplus;
  const lowestUnavailable = surplus.findLast((pod) => !available(pod));
  if (!last || isGoing(last)) return [];
  return available(last) || last === lowestUnavailable ? [deletion(last)] : [];
}

/** The pod with the highest ordinal that isn't updated, if all above it are available. */
function replaceNext({ set, update }: State, podAt: (index: number) => Pod | undefined, available: (pod: Pod) => boolean): Step[] {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  for (let index = (set.spec.replicas ?? 1) - 1; index >= (rollingUpdate?.partition ?? 0); index--) {
    const pod = podAt(index);
    if (!pod) return [];
    if (revisionOf(pod) !== update.name && !isGoing(pod)) return [deletion(pod)];
    if (!available(pod)) return [];
  }
  return [];
}
