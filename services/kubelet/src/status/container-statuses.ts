/** The API's view of a pod's containers. */
import type { Container, ContainerState, ContainerStatus, Pod, ResourceRequirements } from '@t8s/api';
import type { ContainerStatus as RuntimeStatus } from '@t8s/cri';
import { formatTime } from '@t8s/meta';
import { annotationNames, shouldRestart } from '../pods/actions.ts';
import { isSidecar } from '../pods/pod-format.ts';
import type { RuntimePod } from '../pods/runtime-cache.ts';

export interface Waiting {
  reason: string;
  message?: string;
}

/** What is known of containers beside the runtime's word. */
export interface ContainerFacts {
  /** Why the container does not run yet, from the last try to start it. */
  waiting(name: string): Waiting | undefined;
  /** Startup probe passed and postStart hook done. */
  started(containerId: string): boolean;
  /** The readiness probe's verdict; true without a probe. */
  ready(containerId: string): boolean;
  /** What the container left at its terminationMessagePath. */
  terminationMessage(status: RuntimeStatus): string;
  /** The runtime's name: the scheme of container IDs. */
  runtimeName: string;
}

export interface StatusInput {
  pod: Pod;
  runtime: RuntimePod | undefined;
  facts: ContainerFacts;
  /** Nothing will be started any more. */
  ending: boolean;
}

/** The sorts of containers, in a pod's spec. */
export type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';

const statusList = {
  containers: 'containerStatuses',
  initContainers: 'initContainerStatuses',
  ephemeralContainers: 'ephemeralContainerStatuses',
} as const;

export function containerStatuses(list: ContainerList, input: StatusInput): ContainerStatus[] {
  const statuses = (input.pod.spec[list] ?? []).map((container) => containerStatus(container, list, input));
  return list === 'initContainers' ? statuses : statuses.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function containerStatus(container: Container, list: ContainerList, { pod, runtime, facts, ending }: StatusInput): ContainerStatus {
  const [current, previous] = (runtime?.containers ?? []).filter((c) => c.metadata.name === container.name);
  const known = pod.status?.[statusList[list]]?.find((s) => s.name === container.name);
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly, recursiveReadOnly: 'Disabled' }),
  }));
  const resources = givenResources(container, current);
  const common = {
    name: container.name,
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(resources.requests && { allocatedResources: resources.requests }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  };
  if (!current || current.state === 'CONTAINER_CREATED') {
    const waiting = facts.waiting(container.name) ?? {
      reason: (pod.spec.initContainers ?? []).length > 0 && !current ? 'PodInitializing' : 'ContainerCreating',
    };
    const last = previous ? terminated(previous, facts) : undefined;
    return {
      ...common,
      image: container.image ?? '',
      imageID: '',
      lastState: last ?? {},
      ready: false,
      restartCount: restarts(current ?? previous) || (known?.restartCount ?? 0),
      started: false,
      state: ending && known?.state?.terminated ? known.state : { waiting },
    };
  }
  const isInit = list === 'initContainers' && !isSidecar(container);
  const running = current.state === 'CONTAINER_RUNNING';
  const started = running && facts.started(current.id);
  const waiting = !running && !ending && shouldRestart(pod, container, current) ? facts.waiting(container.name) : undefined;
  const state = running ? { running: { startedAt: timeOf(current.startedAt) } } : terminated(current, facts);
  const last =
    previous?.state === 'CONTAINER_EXITED'
      ? terminated(previous, facts)
      : known?.restartCount === restarts(current)
        ? known.lastState
        : undefined;
  const succeeded = current.state === 'CONTAINER_EXITED' && current.exitCode === 0;
  return {
    ...common,
    containerID: `${facts.runtimeName}://${current.id}`,
    image: current.image.image,
    imageID: current.imageRef,
    lastState: (waiting ? state : last) ?? {},
    ready: isInit ? succeeded : list !== 'ephemeralContainers' && started && facts.ready(current.id),
    restartCount: restarts(current),
    started,
    state: waiting ? { waiting } : state,
  };
}

/** What the container was given when it was made: the spec may ask for something else since. */
function givenResources({ resources = {} }: Container, current: RuntimeStatus | undefined): ResourceRequirements {
  const given = current?.annotations[annotationNames.resources];
  return given === undefined ? resources : (JSON.parse(given) as ResourceRequirements);
}

export function restarts(status: RuntimeStatus | undefined): number {
  return Number(status?.annotations[annotationNames.restartCount] ?? status?.metadata.attempt ?? 0);
}

function terminated(status: RuntimeStatus, facts: ContainerFacts): ContainerState {
  const message = facts.terminationMessage(status) || status.message;
  return {
    terminated: {
      exitCode: status.exitCode,
      reason: status.reason || (status.exitCode === 0 ? 'Completed' : 'Error'),
      ...(message !== '' && { message }),
      ...(status.startedAt > 0 && { startedAt: timeOf(status.startedAt) }),
      ...(status.finishedAt > 0 && { finishedAt: timeOf(status.finishedAt) }),
      containerID: `${facts.runtimeName}://${status.id}`,
    },
  };
}

function timeOf(nanoseconds: number): string {
  return formatTime(nanoseconds / 1e6);
}
