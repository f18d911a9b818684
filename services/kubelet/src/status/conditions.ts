import type { ContainerStatus, Pod, PodCondition } from '@t8s/api';
import { isSidecar } from '../pods/pod-format.ts';
import type { Phase } from './phase.ts';
import { isSame } from './status-patch.ts';

export interface ConditionsInput {
  pod: Pod;
  phase: Phase;
  init: readonly ContainerStatus[];
  containers: readonly ContainerStatus[];
  /** The sandbox runs and has its network. */
  hasSandbox: boolean;
  /** RFC 3339. */
  now: string;
}

type Verdict = Pick<PodCondition, 'type' | 'status'> & { reason?: string; message?: string };

/** The kubelet's conditions in upstream's order; times stay where the status stays. */
export function podConditions(input: ConditionsInput): PodCondition[] {
  const { pod, now, hasSandbox } = input;
  const containersReady = readyVerdict(input);
  const verdicts: Verdict[] = [
    { type: 'PodReadyToStartContainers', status: hasSandbox ? 'True' : 'False' },
    initialized(input),
    { ...withGates(pod, containersReady), type: 'Ready' },
    { ...containersReady, type: 'ContainersReady' },
    { type: 'PodScheduled', status: 'True' },
    ...resizePending(input),
  ];
  return verdicts.map((verdict) => {
    const old = pod.status?.conditions?.find((c) => c.type === verdict.type);
    return {
      ...verdict,
      ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
      lastTransitionTime: old?.status === verdict.status && old.lastTransitionTime ? old.lastTransitionTime : now,
    };
  });
}

/** Containers keep what they were made with; who asks for more, or less, is told so (KEP-1287). */
function resizePending({ pod, init, containers }: ConditionsInput): Verdict[] {
  const statuses = [...init, ...containers].filter(({ state }) => state?.running);
  const waits = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some((container) => {
    const status = statuses.find(({ name }) => name === container.name);
    return status !== undefined && !isSame(status.resources, container.resources);
  });
  const message = 'this kubelet does not resize containers that run: delete the pod to have it made anew';
  return waits ? [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible', message }] : [];
}

function initialized({ pod, phase, init }: ConditionsInput): Verdict {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  const incomplete = (pod.spec.initContainers ?? [])
    .filter((c) => {
      const status = init.find((s) => s.name === c.name);
      return isSidecar(c) ? status?.started !== true : status?.ready !== true;
    })
    .map((c) => c.name);
  if (incomplete.length === 0 || phase === 'Running') return { type, status: 'True' };
  return {
    type,
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.join(' ')}]`,
  };
}

function readyVerdict({ pod, phase, init, containers }: ConditionsInput): Verdict {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map((c) => c.name);
  const unready = [...init.filter((s) => sidecars.includes(s.name)), ...containers].filter((s) => !s.ready).map((s) => s.name);
  if (unready.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

/** A pod with readiness gates is ready when others have said so too (KEP-580). */
function withGates(pod: Pod, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const problems = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = pod.status?.conditions?.find((c) => c.type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (problems.length === 0) return containersReady;
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}
