/** What a pod needs next, from what it should be and what runs. Pure. */
import { createHash } from 'node:crypto';
import type { Container, Pod } from '@t8s/api';
import type { ContainerStatus, PodSandboxStatus } from '@t8s/cri';
import { isSidecar } from './pod-format.ts';
import type { RuntimePod } from './runtime-cache.ts';

export const annotationNames = {
  hash: 'io.kubernetes.container.hash',
  restartCount: 'io.kubernetes.container.restartCount',
  resources: 'io.kubernetes.container.resources',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  gracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
} as const;

export interface KillAction {
  status: ContainerStatus;
  /** The container's part of the Killing event: undefined says just "Stopping container". */
  message?: string;
}

export interface PodActions {
  /** The sandbox in use; undefined where one has to be made. */
  sandbox: PodSandboxStatus | undefined;
  /** Number of the next sandbox. */
  attempt: number;
  /** Nothing of the pod is to run any more: its sandbox goes too. */
  finished: boolean;
  start: Container[];
  kill: KillAction[];
}

/** What probes say of a container that runs. */
export interface ProbeVerdicts {
  /** True when liveness or startup failed: the container is to be killed. */
  failed(containerId: string): 'Liveness' | 'Startup' | undefined;
  /** Whether the startup probe has passed, or there is none. */
  started(containerId: string): boolean;
}

/** Changes of a container that restart it: its image (upstream's ContainerHash). */
export function containerHash({ name, image }: Container): string {
  return createHash('sha256')
    .update(JSON.stringify([name, image]))
    .digest('hex')
    .slice(0, 8);
}

/** The newest attempt of a container. */
export function latest(runtime: RuntimePod | undefined, name: string): ContainerStatus | undefined {
  return runtime?.containers.find((c) => c.metadata.name === name);
}

export function shouldRestart(pod: Pod, container: Container, status: ContainerStatus | undefined): boolean {
  if (!status || status.state === 'CONTAINER_CREATED' || status.state === 'CONTAINER_UNKNOWN') return true;
  if (status.state === 'CONTAINER_RUNNING') return false;
  const policy = isSidecar(container) ? 'Always' : pod.spec.restartPolicy;
  return policy === 'OnFailure' ? status.exitCode !== 0 : policy !== 'Never';
}

export function computeActions(pod: Pod, runtime: RuntimePod | undefined, probes: ProbeVerdicts): PodActions {
  const newest = runtime?.sandboxes[0];
  const attempt = newest ? newest.metadata.attempt + 1 : 0;
  const nothing = { attempt, start: [], kill: [] };
  if (newest?.state !== 'SANDBOX_READY') {
    if (isFinished(pod, runtime)) return { ...nothing, sandbox: undefined, finished: true };
    const kill = (runtime?.containers ?? [])
      .filter(isRunning)
      .map((status) => ({ status, message: 'Pod sandbox changed, it will be killed and re-created.' }));
    const [init] = pod.spec.initContainers ?? [];
    return { sandbox: undefined, attempt, finished: false, kill, start: init ? [init] : toStart(pod, runtime) };
  }
  if (isFinished(pod, runtime))
    return {
      ...nothing,
      sandbox: newest,
      finished: true,
      kill: (runtime?.containers ?? []).filter(isRunning).map((status) => ({ status })),
    };
  const init = initActions(pod, runtime, probes, newest);
  const kill = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)].flatMap((c) =>
    killReason(pod, c, runtime, probes),
  );
  const start = [...toDebug(pod, runtime), ...init.start, ...(init.done ? toStart(pod, runtime) : [])];
  return { sandbox: newest, attempt, finished: false, kill, start };
}

/** Init containers one after the other; a sidecar lets the next one start once it has started itself. */
function initActions(
  pod: Pod,
  runtime: RuntimePod | undefined,
  probes: ProbeVerdicts,
  sandbox: PodSandboxStatus,
): { done: boolean; start: Container[] } {
  const start: Container[] = [];
  // The containers having started proves that the init containers were done, also after those were removed.
  const mainStarted = pod.spec.containers.some((c) =>
    runtime?.containers.some((s) => s.metadata.name === c.name && s.createdAt >= sandbox.createdAt),
  );
  for (const container of pod.spec.initContainers ?? []) {
    const found = latest(runtime, container.name);
    const status = found && found.createdAt >= sandbox.createdAt ? found : undefined;
    if (isSidecar(container)) {
      if (shouldRestart(pod, container, status)) start.push(container);
      if (!mainStarted && !(status?.state === 'CONTAINER_RUNNING' && probes.started(status.id))) return { done: false, start };
    } else if (!mainStarted) {
      if (status?.state === 'CONTAINER_EXITED' && status.exitCode === 0) continue;
      if (shouldRestart(pod, container, status)) start.push(container);
      return { done: false, start };
    }
  }
  return { done: true, start };
}

function toStart(pod: Pod, runtime: RuntimePod | undefined): Container[] {
  return pod.spec.containers.filter((container) => shouldRestart(pod, container, latest(runtime, container.name)));
}

/** Ephemeral containers run once, whatever the pod's policy. */
function toDebug({ spec }: Pod, runtime: RuntimePod | undefined): Container[] {
  return (spec.ephemeralContainers ?? []).filter((c) => (latest(runtime, c.name)?.state ?? 'CONTAINER_CREATED') === 'CONTAINER_CREATED');
}

function killReason(pod: Pod, container: Container, runtime: RuntimePod | undefined, probes: ProbeVerdicts): KillAction[] {
  const status = latest(runtime, container.name);
  if (status?.state !== 'CONTAINER_RUNNING') return [];
  const hash = status.annotations[annotationNames.hash];
  if (hash !== undefined && hash !== containerHash(container))
    return [{ status, message: `Container ${container.name} definition changed, will be restarted` }];
  const failed = probes.failed(status.id);
  if (failed === undefined) return [];
  const ending = pod.spec.restartPolicy === 'Never' && !isSidecar(container) ? '' : ', will be restarted';
  return [{ status, message: `Container ${container.name} failed ${failed.toLowerCase()} probe${ending}` }];
}

/** True when every container has ended for good, or an init container has failed for good. */
export function isFinished(pod: Pod, runtime: RuntimePod | undefined): boolean {
  const ended = (container: Container): boolean => {
    const status = latest(runtime, container.name);
    return status?.state === 'CONTAINER_EXITED' && !shouldRestart(pod, container, status);
  };
  if (pod.spec.containers.every(ended)) return true;
  const hasMain = pod.spec.containers.some((c) => latest(runtime, c.name));
  return (
    !hasMain &&
    (pod.spec.initContainers ?? []).some((c) => {
      const status = latest(runtime, c.name);
      return !isSidecar(c) && ended(c) && status?.exitCode !== 0;
    })
  );
}

function isRunning({ state }: ContainerStatus): boolean {
  return state === 'CONTAINER_RUNNING';
}
