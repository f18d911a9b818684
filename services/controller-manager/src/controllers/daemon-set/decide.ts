/** What a daemon set does next on its nodes. Pure. */
import type { DaemonSet, Node, Pod } from '@t8s/api';
import { scaledValue } from '@t8s/meta';
import { isAvailable, isReady, isTerminal } from '../../pods/pod-state.ts';
import { revisionLabel } from '../../revisions/history.ts';
import { placement } from './placement.ts';

export interface State {
  set: DaemonSet;
  /** The hash of the current revision. */
  hash: string;
  collisionCount: number;
  nodes: readonly Node[];
  /** The set's pods by node, those on their way out included. */
  podsOn: ReadonlyMap<string, readonly Pod[]>;
  now: number;
}

export interface Decision {
  createOn: string[];
  remove: Pod[];
  /** Pods that ended by themselves, to be made again; failed ones with a back-off. */
  ended: Pod[];
}

const going = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
/** Those of a node; one that has ended and is on its way out is held by a finalizer only, and counts no more. */
const podsOf = ({ podsOn }: State, { metadata }: Node): Pod[] =>
  (podsOn.get(metadata.name ?? '') ?? []).filter((pod) => !(going(pod) && isTerminal(pod)));
const isUpdated = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[revisionLabel] === hash;

/** Those that are bound to their node come first, the oldest of them before all. */
function oldestFirst(a: Pod, b: Pod): number {
  if (Boolean(a.spec.nodeName) !== Boolean(b.spec.nodeName)) return a.spec.nodeName ? -1 : 1;
  return Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '');
}

/** One pod on each node that should have one, none elsewhere. A node whose pod is still going gets its next one when it is gone. */
export function manage(state: State): Decision {
  const { set, nodes, podsOn } = state;
  const decision: Decision = { createOn: [], remove: [], ended: [] };
  const known = new Set(nodes.map((n) => n.metadata.name ?? ''));
  for (const node of nodes) {
    const name = node.metadata.name ?? '';
    const all = podsOf(state, node);
    const pods = all.filter((p) => !going(p));
    const { run, stay } = placement(set, node);
    if (!stay) decision.remove.push(...pods);
    else if (all.length === 0) decision.createOn.push(...(run ? [name] : []));
    else {
      decision.ended.push(...pods.filter(isTerminal));
      decision.remove.push(
        ...surplus(
          state,
          pods.filter((p) => !isTerminal(p)),
        ),
      );
    }
  }
  for (const [name, pods] of podsOn) if (!known.has(name)) decision.remove.push(...pods.filter((p) => !going(p)));
  return decision;
}

/** Of several pods on a node the oldest stays; with surge an old one beside a new one, while that one is ready and this one not available. */
function surplus({ set, hash, now }: State, pods: readonly Pod[]): Pod[] {
  const sorted = [...pods].sort(oldestFirst);
  if (!surges(set)) return sorted.slice(1);
  const [updated, ...moreUpdated] = sorted.filter((p) => isUpdated(p, hash));
  const [old, ...moreOld] = sorted.filter((p) => !isUpdated(p, hash));
  const isReplaced = updated && old && (!isReady(old) || isAvailable(updated, set.spec.minReadySeconds ?? 0, now));
  return [...moreUpdated, ...moreOld, ...(isReplaced ? [old] : [])];
}

const surges = ({ spec }: DaemonSet): boolean => {
  const surge = spec.updateStrategy?.rollingUpdate?.maxSurge;
  return spec.updateStrategy?.type !== 'OnDelete' && surge !== undefined && surge !== 0 && surge !== '0%';
};

/**
 * The next step of a rolling update: old pods to delete (up to maxUnavailable) or, with surge, nodes to add a new pod on. Where a
 * pod may stay but would not be made again, an old one goes too.
 */
export function rollingUpdate(state: State): Decision {
  const { set, hash, nodes, now } = state;
  const { maxUnavailable = 1, maxSurge = 0 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const available = (pod: Pod | undefined): boolean => pod !== undefined && isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  const perNode = nodes.flatMap((node) => {
    const name = node.metadata.name ?? '';
    const pods = podsOf(state, node);
    const { run } = placement(set, node);
    const [old, updated] = [false, true].map((is) => pods.find((p) => !going(p) && isUpdated(p, hash) === is));
    return run || pods.length > 0 ? [{ name, old, updated, run }] : [];
  });
  const desired = perNode.filter(({ run }) => run).length;
  if (surges(set)) {
    const surging = perNode.filter(({ old, updated }) => old && updated && !available(updated)).length;
    const waiting = perNode.flatMap(({ name, old, updated, run }) => (old && !updated ? [{ name, old, run, works: available(old) }] : []));
    const room = Math.max(0, (scaledValue(maxSurge, desired, 'up') ?? 0) - surging);
    // Where nothing works, another pod takes nothing away.
    const createOn = waiting
      .filter(({ run, works }) => run && !works)
      .concat(waiting.filter(({ run, works }) => run && works).slice(0, room));
    const unwanted = waiting.filter(({ run }) => !run);
    const spare = Math.max(0, perNode.filter(({ old, updated }) => available(old ?? updated)).length - desired);
    const remove = unwanted.filter(({ works }) => !works).concat(unwanted.filter(({ works }) => works).slice(0, spare));
    return { createOn: createOn.map(({ name }) => name), remove: remove.map(({ old }) => old), ended: [] };
  }
  const limit = Math.max(maxSurge === 0 ? 1 : 0, scaledValue(maxUnavailable, desired, 'up') ?? 1);
  const unavailable = perNode.filter(({ old, updated }) => Boolean(old) === Boolean(updated) || !available(old ?? updated)).length;
  const waiting = perNode.flatMap(({ old, updated }) => (old && !updated ? [old] : []));
  const healthy = waiting.filter(available).slice(0, Math.max(0, limit - unavailable));
  return { createOn: [], remove: [...waiting.filter((pod) => !available(pod)), ...healthy], ended: [] };
}

export function daemonSetStatus(state: State): NonNullable<DaemonSet['status']> {
  const { set, hash, collisionCount, nodes, now } = state;
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const [pod] = podsOf(state, node).sort(oldestFirst);
    if (!placement(set, node).run) {
      counts.misscheduled += pod ? 1 : 0;
      continue;
    }
    counts.desired += 1;
    if (!pod) continue;
    counts.current += 1;
    counts.ready += isReady(pod) ? 1 : 0;
    counts.available += isAvailable(pod, set.spec.minReadySeconds ?? 0, now) ? 1 : 0;
    counts.updated += isUpdated(pod, hash) ? 1 : 0;
  }
  return {
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: counts.desired,
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    numberReady: counts.ready,
    ...(counts.updated > 0 && { updatedNumberScheduled: counts.updated }),
    ...(counts.available > 0 && { numberAvailable: counts.available }),
    ...(counts.desired > counts.available && { numberUnavailable: counts.desired - counts.available }),
    ...(collisionCount > 0 && { collisionCount }),
  };
}
