/** From what pods use to how many there should be: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details */
import type { Pod } from '@t8s/api';
import { parseQuantity, parseTime } from '@t8s/meta';
import { isReady, podCondition } from '../../pods/pod-state.ts';
import type { Measure } from './metrics-client.ts';

export interface Timings {
  /** How long after its start a pod's CPU counts only if it was measured while the pod was ready. Milliseconds. */
  cpuInitializationPeriod: number;
  /** A pod that becomes unready so soon after its start has never been ready. Milliseconds. */
  initialReadinessDelay: number;
  /** Ratios so close to 1 change nothing. */
  tolerance: number;
}

export interface Target {
  /** Of each pod in thousandths, or in percent of what the pods request. */
  value: number;
  /** What each pod requests, in thousandths; absent where the target is a plain value. */
  requests?: ReadonlyMap<string, number>;
}

export interface Question {
  current: number;
  pods: readonly Pod[];
  measures: ReadonlyMap<string, Measure>;
  target: Target;
  isCpu: boolean;
  now: number;
}

export interface Proposal {
  replicas: number;
  /** The mean over the pods that were counted, in thousandths. */
  average: number;
  /** The same in percent of the requests, where there are such. */
  utilization?: number;
}

/** Throws Error with upstream's words where nothing can be said. */
export function replicasFor({ current, pods, measures, target, isCpu, now }: Question, timings: Timings): Proposal {
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const { ready, unready, missing } = grouped({ pods, measures, isCpu, now }, timings);
  const known = pods.filter(({ metadata }) => measures.has(metadata.name ?? '')).length;
  if (ready.size === 0 && measures.size <= known) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  const { ratio, ...measured } = ratioOf(ready, target);
  const isSmall = (one: number): boolean => Math.abs(1 - one) <= timings.tolerance;
  const stay = { replicas: current, ...measured };
  if (missing.length === 0 && (unready.length === 0 || ratio <= 1))
    return isSmall(ratio) ? stay : { ...measured, replicas: Math.ceil(ratio * ready.size) };

  // What is not known speaks against the change: it uses all it may (or its target, if that is more) where there are to be fewer,
  // nothing where more.
  const assumed = new Map(ready);
  const assume = (name: string, value: number): void => void assumed.set(name, value);
  const most = (name: string): number =>
    target.requests ? ((target.requests.get(name) ?? 0) * Math.max(100, target.value)) / 100 : target.value;
  for (const name of missing) if (ratio !== 1) assume(name, ratio > 1 ? 0 : most(name));
  if (ratio > 1) for (const name of unready) assume(name, 0);
  const { ratio: again } = ratioOf(assumed, target);
  if (isSmall(again) || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) return stay;
  const replicas = Math.ceil(again * assumed.size);
  if ((again < 1 && replicas > current) || (again > 1 && replicas < current)) return stay;
  return { ...measured, replicas };
}

/** Where one number stands for all pods together. `ready` of them share it now. */
export function replicasForTotal({ current, ready, ratio }: { current: number; ready: number; ratio: number }, tolerance: number): number {
  if (current === 0) return Math.ceil(ratio);
  return Math.abs(1 - ratio) <= tolerance ? current : Math.ceil(ratio * ready);
}

interface Groups {
  /** Values by pod. */
  ready: Map<string, number>;
  unready: string[];
  missing: string[];
}

function grouped({ pods, measures, isCpu, now }: Omit<Question, 'current' | 'target'>, timings: Timings): Groups {
  const groups: Groups = { ready: new Map(), unready: [], missing: [] };
  for (const pod of pods) {
    const name = pod.metadata.name ?? '';
    if (pod.metadata.deletionTimestamp || pod.status?.phase === 'Failed') continue;
    const measure = measures.get(name);
    if (pod.status?.phase === 'Pending') groups.unready.push(name);
    else if (!measure) groups.missing.push(name);
    else if (isCpu && isStarting(pod, measure, { now, timings })) groups.unready.push(name);
    else groups.ready.set(name, measure.value);
  }
  return groups;
}

/** What a starting pod uses says nothing of what it will. */
function isStarting(pod: Pod, { at, window }: Measure, { now, timings }: { now: number; timings: Timings }): boolean {
  const condition = podCondition(pod, 'Ready');
  const started = parseTime(pod.status?.startTime ?? '');
  if (!condition || started === undefined) return true;
  const since = parseTime(condition.lastTransitionTime ?? '') ?? 0;
  if (started + timings.cpuInitializationPeriod > now) return condition.status === 'False' || at < since + window;
  return condition.status === 'False' && started + timings.initialReadinessDelay > since;
}

function ratioOf(values: ReadonlyMap<string, number>, { value, requests }: Target): Omit<Proposal, 'replicas'> & { ratio: number } {
  if (!requests) {
    const average = Math.trunc(sum(values.values()) / values.size);
    return { ratio: average / value, average };
  }
  const counted = [...values].filter(([name]) => requests.has(name));
  const requested = sum(counted.map(([name]) => requests.get(name) ?? 0));
  if (requested === 0) throw new Error('no metrics returned matched known pods');
  const used = sum(counted.map(([, one]) => one));
  const utilization = Math.trunc((used * 100) / requested);
  return { ratio: utilization / value, average: Math.trunc(used / counted.length), utilization };
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/** What pods request of a resource, in thousandths: of all containers, or of one. Throws where one says nothing. */
export function requestsOf(pods: readonly Pod[], resource: string, container?: string): Map<string, number> {
  return new Map(
    pods.map(({ metadata, spec }) => {
      const lasting = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
      const counted = [...spec.containers, ...lasting].filter(({ name }) => container === undefined || name === container);
      const ofPod = container === undefined ? spec.resources?.requests?.[resource] : undefined;
      if (ofPod !== undefined) return [metadata.name ?? '', parseQuantity(ofPod).milliValue];
      const requests = counted.map(({ name, resources }) => {
        const request = resources?.requests?.[resource];
        if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
        return parseQuantity(request).milliValue;
      });
      return [metadata.name ?? '', sum(requests)];
    }),
  );
}

export const readyCount = (pods: readonly Pod[]): number => pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod)).length;
