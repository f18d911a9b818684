import { isExtended, isHugePages, isNative, type Pod, podLimits, podRequests, specAsHeld } from '@t8s/api';
import { type Amounts, one, parseAmounts } from './amounts.ts';

const compute = ['cpu', 'memory', 'ephemeral-storage'];
const names = new Set(['pods', 'count/pods', ...compute.flatMap((name) => [name, `requests.${name}`, `limits.${name}`])]);
/** Of these a quota makes every container tell how much it wants. */
const demanded = ['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]);

export const isPodName = (name: string): boolean =>
  names.has(name) || isHugePages(name.replace(/^requests\./, '')) || (!isNative(name) && name.startsWith('requests.'));

/** A pod counts while it is stored; what it asks for only until it has ended, or should have. `now` in milliseconds. */
export function podUsage(pod: Pod, now: number): Amounts {
  const count = { 'count/pods': one };
  if (hasEnded(pod, now)) return count;
  const spec = specAsHeld(pod);
  return { ...count, pods: one, ...computeUsage(podRequests(spec), podLimits(spec)) };
}

function hasEnded({ metadata, status }: Pod, now: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false;
  return now > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const asked = Object.entries(requests).flatMap(([name, amount]) => {
    if (compute.includes(name) || isHugePages(name)) return [[name, amount] as const, [`requests.${name}`, amount] as const];
    return isExtended(name) ? [[`requests.${name}`, amount] as const] : [];
  });
  const limited = Object.entries(limits).flatMap(([name, amount]) => (compute.includes(name) ? [[`limits.${name}`, amount] as const] : []));
  return Object.fromEntries([...asked, ...limited]);
}

/** What a pod that says nothing as a whole leaves unsaid though a quota of these names asks for it: `must specify limits.cpu for: a,b`. */
export function unsaid({ spec }: Pod, limited: readonly string[]): string | undefined {
  const said = ({ requests, limits }: { requests?: Record<string, string>; limits?: Record<string, string> } = {}): Amounts =>
    computeUsage(parseAmounts(requests), parseAmounts(limits));
  if (Object.keys(said(spec.resources)).length > 0) return undefined;
  const required = demanded.filter((name) => limited.includes(name)).sort();
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const missing = required.flatMap((name) => {
    const silent = containers.filter(({ resources }) => !(name in said(resources))).map((container) => container.name);
    return silent.length === 0 ? [] : [`${name} for: ${silent.sort().join(',')}`];
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}
