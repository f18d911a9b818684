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
const isUpdated = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[revisionLabel] === hash;

/** Those that are bound to their node come first, the oldest of them before all. */
function oldestFirst(a: Pod, b: Pod): number {
  if (Boolean(a.spec.nodeName) !== Boolean(b.spec.nodeName)) return a.spec.nodeName ? -1 : 1;
  return Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '');
}

/** One pod on each node that should have one, none elsewhere. A node whose pod is still going gets its next one when it is gone, but for a surge. */
export function manage(state: State): Decision {
  const { set, nodes, podsOn } = state;
  const decision: Decision = { createOn: [], remove: [], ended: [] };
  const known = new Set(nodes.map((n) => n.metadata.name ?? ''));
  for (const node of nodes) {
    const name = node.metadata.name ?? '';
    const all = podsOn.get(name) ?? [];
    const pods = all.filter((p) => !going(p));
    const { run, stay } = placement(set, node);
    if (!stay) decision.remove.push(...pods);
    else if (all.length === 0 || (surges(set) && pods.length === 0)) decision.createOn.push(...(run ? [name] : []));
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

/** The next step of a rolling update: old pods to delete (up to maxUnavailable) or, with surge, nodes to add a new pod on. */
export function rollingUpdate(state: State): Decision {
  const { set, hash, nodes, podsOn, now } = state;
  const eligible = nodes.filter((node) => placement(set, node).run);
  const { maxUnavailable = 1, maxSurge = 0 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const available = (pod: Pod): boolean => isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  const perNode = eligible.map((node) => {
    const pods = (podsOn.get(node.metadata.name ?? '') ?? []).filter((p) => !going(p));
    return { name: node.metadata.name ?? '', old: pods.find((p) => !isUpdated(p, hash)), updated: pods.find((p) => isUpdated(p, hash)) };
  });
  if (surges(set)) {
    const limit = scaledValue(maxSurge, eligible.length, 'up') ?? 0;
    const surging = perNode.filter((n) => n.old && n.updated && !available(n.updated)).length;
    const waiting = perNode.flatMap(({ name, old, updated }) => (old && !updated ? [{ name, old }] : []));
    // Where nothing works, another pod takes nothing away.
    const broken = waiting.filter(({ old }) => !available(old));
    const healthy = waiting.filter(({ old }) => available(old)).slice(0, Math.max(0, limit - surging));
    return { createOn: [...broken, ...healthy].map(({ name }) => name), remove: [], ended: [] };
  }
  const limit = Math.max(maxSurge === 0 ? 1 : 0, scaledValue(maxUnavailable, eligible.length, 'up') ?? 1);
  const broken = perNode.flatMap((n) => (n.old && !available(n.old) ? [n.old] : []));
  const unavailable = perNode.filter((n) => !(n.old && available(n.old)) && !(n.updated && available(n.updated))).length;
  const healthy = perNode.flatMap((n) => (n.old && available(n.old) ? [n.old] : []));
  return { createOn: [], remove: [...broken, ...healthy.slice(0, Math.max(0, limit - unavailable))], ended: [] };
}

export function daemonSetStatus({ set, hash, collisionCount, nodes, podsOn, now }: State): NonNullable<DaemonSet['status']> {
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const [pod] = [...(podsOn.get(node.metadata.name ?? '') ?? [])].sort(oldestFirst);
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
