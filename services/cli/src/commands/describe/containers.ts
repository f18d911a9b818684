/** Containers with their states, resources, probes, environment and mounts. */
import type { Container, ContainerState, ContainerStatus, Pod, ResourceRequirements } from '@t8s/api';
import { type Description, longTime, sorted } from './description.ts';
import { describeEnvironment } from './environment.ts';
import { probeText } from './probe.ts';

export interface ContainersOptions {
  title: string;
  containers: readonly Container[];
  statuses?: readonly ContainerStatus[];
  /** Whose fields its environment may name. */
  pod?: Pod;
  /** Two spaces for those of a pod template. */
  indent?: string;
}

export function describeContainers(to: Description, { title, containers, statuses = [], pod, indent = '' }: ContainersOptions): void {
  to.line(0, `${indent}${title}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) {
    const status = statuses.find(({ name }) => name === container.name);
    to.line(1, `${indent === '' ? '' : ' '}${container.name}:`);
    describeBasics(to, container, status);
    for (const [name, words] of [
      ['Command', container.command],
      ['Args', container.args],
    ] as const) {
      if (!words?.length) continue;
      to.line(2, `${name}:`);
      for (const word of words) for (const line of word.split('\n')) to.line(3, line);
    }
    if (status) describeStatus(to, status);
    describeResources(to, container.resources, 2);
    for (const [name, probe] of [
      ['Liveness', container.livenessProbe],
      ['Readiness', container.readinessProbe],
      ['Startup', container.startupProbe],
    ] as const)
      if (probe) to.line(2, `${name}:`, probeText(probe));
    describeEnvironment(to, container, pod);
    describeMounts(to, container);
  }
}

function describeBasics(to: Description, { image, ports = [], securityContext }: Container, status: ContainerStatus | undefined): void {
  if (status) to.line(2, 'Container ID:', status.containerID);
  to.line(2, 'Image:', image);
  if (status) to.line(2, 'Image ID:', status.imageID);
  for (const [name, field] of [
    ['Port', 'containerPort'],
    ['Host Port', 'hostPort'],
  ] as const) {
    const text = ports.map((port) => `${port[field] ?? 0}/${port.protocol ?? 'TCP'}`).join(', ');
    to.line(2, `${name}${ports.length > 1 ? 's' : ''}:`, text || '<none>');
  }
  const { type, localhostProfile } = securityContext?.seccompProfile ?? {};
  if (type !== undefined) to.line(2, 'SeccompProfile:', type);
  if (type === 'Localhost') to.line(3, 'LocalhostProfile:', localhostProfile);
}

function describeStatus(to: Description, { state, lastState, ready, restartCount }: ContainerStatus): void {
  describeState(to, 'State', state ?? {});
  if (lastState?.terminated) describeState(to, 'Last State', lastState);
  to.line(2, 'Ready:', ready ? 'True' : 'False');
  to.line(2, 'Restart Count:', restartCount);
}

function describeState(to: Description, title: string, { running, waiting, terminated }: ContainerState): void {
  if (running) {
    to.line(2, `${title}:`, 'Running');
    to.line(3, 'Started:', longTime(running.startedAt));
  } else if (terminated && !waiting) {
    to.line(2, `${title}:`, 'Terminated');
    if (terminated.reason) to.line(3, 'Reason:', terminated.reason);
    if (terminated.message) to.line(3, 'Message:', terminated.message);
    to.line(3, 'Exit Code:', terminated.exitCode);
    if (terminated.signal) to.line(3, 'Signal:', terminated.signal);
    to.line(3, 'Started:', longTime(terminated.startedAt));
    to.line(3, 'Finished:', longTime(terminated.finishedAt));
  } else {
    to.line(2, `${title}:`, 'Waiting');
    if (waiting?.reason) to.line(3, 'Reason:', waiting.reason);
  }
}

/** Limits and requests by name; nothing where none are set. */
export function describeResources(to: Description, resources: ResourceRequirements | undefined, level: number): void {
  for (const [title, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const entries = sorted(list);
    if (entries.length > 0) to.line(level, `${title}:`);
    for (const [name, quantity] of entries) to.line(level + 1, `${name}:`, quantity);
  }
}

function describeMounts(to: Description, { volumeMounts = [], volumeDevices = [] }: Container): void {
  if (volumeMounts.length === 0) to.line(2, 'Mounts:', '<none>');
  else to.line(2, 'Mounts:');
  for (const { mountPath, name, readOnly, subPath } of [...volumeMounts].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1)))
    to.line(
      3,
      `${mountPath} from ${name} (${[readOnly ? 'ro' : 'rw', ...(subPath ? [`path=${JSON.stringify(subPath)}`] : [])].join(',')})`,
    );
  if (volumeDevices.length > 0) to.line(2, 'Devices:', ...(volumeMounts.length === 0 ? ['<none>'] : []));
  for (const { devicePath, name } of [...volumeDevices].sort((a, b) => (a.devicePath < b.devicePath ? -1 : 1)))
    to.line(3, `${devicePath} from ${name}`);
}
