/** What a daemon set does next on its nodes. Pure. */
import type { DaemonSet, Node, Pod } from '@t8s/api';
import { scaledValue } from '@t8s/meta';
import { isAvailable, isReady } from '../../pods/pod-state.ts';
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
  /** Failed pods to replace, each with its node: deleted with a back-off of their own. */
  failed: Pod[];
}

const going = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const isUpdated = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[revisionLabel] === hash;
const oldestFirst = (a: Pod, b: Pod): number => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1);

/** One pod on each node that should have one, none elsewhere. A node whose pod is still going gets its next one when it is gone. */
export function manage({ set, hash, nodes, podsOn }: State): Decision {
  const decision: Decision = { createOn: [], remove: [], failed: [] };
  const known = new Set(nodes.map((n) => n.metadata.name ?? ''));
  for (const node of nodes) {
    const name = node.metadata.name ?? '';
    const pods = podsOn.get(name) ?? [];
    const { run, stay } = placement(set, node);
    if (!stay) decision.remove.push(...pods.filter((p) => !going(p)));
    else if (pods.length === 0) decision.createOn.push(...(run ? [name] : []));
    else {
      const ended = pods.filter((p) => !going(p) && (p.status?.phase === 'Failed' || p.status?.phase === 'Succeeded'));
      decision.failed.push(...ended);
      const alive = pods.filter((p) => !going(p) && !ended.includes(p));
      decision.remove.push(...surplus(set, hash, alive));
    }
  }
  for (const [name, pods] of podsOn) if (!known.has(name)) decision.remove.push(...pods.filter((p) => !going(p)));
  return decision;
}

/** Of several pods on a node the oldest stays; with surge one old and one new pod may stand beside each other. */
function surplus(set: DaemonSet, hash: string, alive: readonly Pod[]): Pod[] {
  const sorted = [...alive].sort(oldestFirst);
  if (!surges(set)) return sorted.slice(1);
  const updated = sorted.filter((p) => isUpdated(p, hash));
  const old = sorted.filter((p) => !isUpdated(p, hash));
  const oldReplaced = updated.some(isReady) ? old : old.slice(1);
  return [...updated.slice(1), ...oldReplaced];
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
    const surging = perNode.filter((n) => n.old && n.updated).length;
    const waiting = perNode.filter((n) => n.old && !n.updated);
    return {
      createOn: waiting.slice(0, Math.max(0, limit - surging)).map((n) => n.name),
      remove: perNode.flatMap((n) => (n.old && n.updated && available(n.updated) ? [n.old] : [])),
      failed: [],
    };
  }
  const limit = Math.max(maxSurge === 0 ? 1 : 0, scaledValue(maxUnavailable, eligible.length, 'up') ?? 1);
  const broken = perNode.flatMap((n) => (n.old && !available(n.old) ? [n.old] : []));
  const unavailable = perNode.filter((n) => !(n.old && available(n.old)) && !(n.updated && available(n.updated))).length;
  const healthy = perNode.flatMap((n) => (n.old && available(n.old) ? [n.old] : []));
  return { createOn: [], remove: [...broken, ...healthy.slice(0, Math.max(0, limit - unavailable))], failed: [] };
}

export function daemonSetStatus({ set, hash, collisionCount, nodes, podsOn, now }: State): NonNullable<DaemonSet['status']> {
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const pods = [...(podsOn.get(node.metadata.name ?? '') ?? [])].filter((p) => !going(p)).sort(oldestFirst);
    if (!placement(set, node).run) {
      counts.misscheduled += pods.length > 0 ? 1 : 0;
      continue;
    }
    counts.desired += 1;
    counts.current += pods.length > 0 ? 1 : 0;
    counts.ready += pods.some(isReady) ? 1 : 0;
    counts.available += pods.some((p) => isAvailable(p, set.spec.minReadySeconds ?? 0, now)) ? 1 : 0;
    counts.updated += pods.some((p) => isUpdated(p, hash)) ? 1 : 0;
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
