/** The taints that say what is wrong with a node, from its conditions. Pure. */
import type { Node, Taint } from '@t8s/api';

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';
const pressures: Record<string, string> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};
const managed = new Set([notReady, unreachable, unschedulable, ...Object.values(pressures)]);

export const readyStatus = (node: Node): string | undefined => node.status?.conditions?.find((c) => c.type === 'Ready')?.status;

const givesUp = ({ key, effect }: Taint): boolean => effect === 'NoExecute' && (key === notReady || key === unreachable);
const isManaged = (taint: Taint): boolean => givesUp(taint) || (taint.effect === 'NoSchedule' && managed.has(taint.key));

/** Whether the node has been given up: pods that don't tolerate it must go. */
export const isGivenUp = ({ spec }: Node): boolean => spec.taints?.some(givesUp) ?? false;

/**
 * The node's taints as they should be: foreign ones as they are; `timeAdded` of those that stay is kept. Whether a node that is
 * not ready is given up (NoExecute) is the caller's to say. `now` as the wire writes it.
 */
export function desiredTaints(node: Node, { giveUp, now }: { giveUp: boolean; now: string }): Taint[] {
  const current = node.spec.taints ?? [];
  const wanted = managedTaints(node, giveUp).map((taint): Taint => {
    const same = current.find((t) => t.key === taint.key && t.effect === taint.effect);
    return same ?? { ...taint, timeAdded: now };
  });
  const foreign = current.filter((taint) => !isManaged(taint));
  return [...foreign, ...wanted];
}

function managedTaints({ spec, status }: Node, giveUp: boolean): Taint[] {
  const state = (type: string): string | undefined => status?.conditions?.find((c) => c.type === type)?.status;
  const ready = state('Ready') ?? 'True';
  const keys = Object.entries(pressures)
    .filter(([type]) => state(type) === 'True')
    .map(([, key]) => key);
  const taints: Taint[] = keys.map((key) => ({ key, effect: 'NoSchedule' }));
  if (spec.unschedulable) taints.push({ key: unschedulable, effect: 'NoSchedule' });
  if (ready === 'True') return taints;
  const key = ready === 'False' ? notReady : unreachable;
  return [...taints, { key, effect: 'NoSchedule' }, ...(giveUp ? [{ key, effect: 'NoExecute' }] : [])];
}
