/** What Docker's inspect says, in the CRI's words. */
import type { ContainerState, ContainerStatus, NamespaceMode, PodSandboxStatus } from '@t8s/cri';
import type { ContainerInspectInfo } from 'dockerode';
import { attemptOf, labelNames, podMetadata, splitLabels } from './labels.ts';

/** Docker's RFC 3339 time in nanoseconds; its zero time (year 1) is 0. JavaScript numbers keep the microseconds. */
export function nanoseconds(text: string | undefined): number {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) || ms < 0 ? 0 : ms * 1_000_000;
}

export function isSandbox(info: ContainerInspectInfo): boolean {
  return info.Config.Labels[labelNames.type] === 'podsandbox';
}

export function sandboxStatus(info: ContainerInspectInfo, ips: readonly string[]): PodSandboxStatus {
  const mode = (isHost: boolean): NamespaceMode => (isHost ? 'NODE' : 'POD');
  return {
    id: info.Id,
    metadata: podMetadata(info.Config.Labels, info.Name),
    state: info.State.Running ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    createdAt: nanoseconds(info.Created),
    network: networkStatus(ips),
    linux: {
      namespaces: {
        options: {
          network: mode(info.HostConfig.NetworkMode === 'host'),
          pid: mode(info.HostConfig.PidMode === 'host'),
          ipc: mode(info.HostConfig.IpcMode === 'host'),
        },
      },
    },
    ...splitLabels(info.Config.Labels),
  };
}

export function networkStatus([ip = '', ...others]: readonly string[]): NonNullable<PodSandboxStatus['network']> {
  return { ip, additionalIps: others.map((other) => ({ ip: other })) };
}

export function containerStatus(info: ContainerInspectInfo, imageRef: string): ContainerStatus {
  const { labels, annotations } = splitLabels(info.Config.Labels);
  return {
    id: info.Id,
    metadata: { name: labels[labelNames.containerName] ?? '', attempt: attemptOf(info.Name) },
    createdAt: nanoseconds(info.Created),
    ...runState(info),
    image: { image: info.Config.Image },
    imageRef,
    imageId: info.Image,
    labels,
    annotations,
    mounts: info.Mounts.map((m) => ({ containerPath: m.Destination, hostPath: m.Source, readonly: !m.RW })),
    logPath: info.LogPath,
  };
}

type RunState = Pick<ContainerStatus, 'state' | 'startedAt' | 'finishedAt' | 'exitCode' | 'reason' | 'message'>;

/** A container that could not be started counts as exited when it was created. */
function runState({ State: state, Created: created }: ContainerInspectInfo): RunState {
  const startedAt = nanoseconds(state.StartedAt);
  const common = { startedAt, message: state.Error, exitCode: state.ExitCode };
  if (state.Running) return { ...common, state: 'CONTAINER_RUNNING', finishedAt: 0, exitCode: 0, reason: '' };
  if (startedAt > 0) {
    const reason = state.OOMKilled ? 'OOMKilled' : state.ExitCode === 0 ? 'Completed' : 'Error';
    return { ...common, state: 'CONTAINER_EXITED', finishedAt: nanoseconds(state.FinishedAt), reason };
  }
  if (state.ExitCode === 0) return { ...common, state: 'CONTAINER_CREATED', finishedAt: 0, reason: '' };
  const at = nanoseconds(created);
  return { ...common, state: 'CONTAINER_EXITED', startedAt: at, finishedAt: at, reason: 'ContainerCannotRun' };
}

/** The state word of Docker's container list. */
export function listedState(state: string): ContainerState {
  if (state === 'running' || state === 'paused' || state === 'restarting') return 'CONTAINER_RUNNING';
  if (state === 'created') return 'CONTAINER_CREATED';
  return state === 'exited' || state === 'dead' || state === 'removing' ? 'CONTAINER_EXITED' : 'CONTAINER_UNKNOWN';
}
