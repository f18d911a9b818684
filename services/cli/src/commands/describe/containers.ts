/** Containers with their states, resources, probes, environment and mounts. */
import type { Container, ContainerState, ContainerStatus, EnvVar, Pod, Probe, ResourceRequirements } from '@t8s/api';
import { parseQuantity } from '@t8s/meta';
import { type Description, longTime, sorted } from './description.ts';

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
  to.line(0, `${indent}${title}:`);
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
    describeResources(to, container.resources);
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
  if (localhostProfile !== undefined) to.line(3, 'LocalhostProfile:', localhostProfile);
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
  } else if (terminated) {
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

function describeResources(to: Description, resources: ResourceRequirements | undefined): void {
  for (const [title, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const entries = sorted(list);
    if (entries.length > 0) to.line(2, `${title}:`);
    for (const [name, quantity] of entries) to.line(3, `${name}:`, quantity);
  }
}

function probeText(probe: Probe): string {
  const { exec, httpGet, tcpSocket, grpc } = probe;
  const times = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (exec) return `exec [${(exec.command ?? []).join(' ')}] ${times}`;
  if (httpGet) {
    const { scheme = 'HTTP', host = '', port, path = '' } = httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') || path === '' ? '' : '/'}${path} ${times}`;
  }
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${times}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${times}`;
  return `unknown ${times}`;
}

function describeEnvironment(to: Description, container: Container, pod: Pod | undefined): void {
  const { env = [], envFrom = [] } = container;
  if (envFrom.length > 0) to.line(2, 'Environment Variables from:');
  for (const { prefix, configMapRef, secretRef } of envFrom) {
    const [from, ref] = secretRef ? ['Secret', secretRef] : ['ConfigMap', configMapRef];
    to.line(3, ref?.name, `${from}${prefix ? ` with prefix '${prefix}'` : ''}`, `Optional: ${ref?.optional ?? false}`);
  }
  if (env.length === 0) to.line(2, 'Environment:', '<none>');
  else to.line(2, 'Environment:');
  for (const variable of env) describeVariable(to, variable, container, pod);
}

function describeVariable(to: Description, { name, value = '', valueFrom }: EnvVar, container: Container, pod: Pod | undefined): void {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (fieldRef) to.line(3, `${name}:`, `${fieldValue(pod, fieldRef.fieldPath)} (${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})`);
  else if (resourceFieldRef) {
    const [kind, resource = ''] = resourceFieldRef.resource.split('.');
    const list = kind === 'limits' ? container.resources?.limits : container.resources?.requests;
    const { milliValue } = parseQuantity(list?.[resource] ?? '0');
    const divisor = parseQuantity(resourceFieldRef.divisor || '0').milliValue || 1000;
    to.line(
      3,
      `${name}:`,
      `${list?.[resource] ? Math.ceil(milliValue / divisor) : kind === 'limits' ? 'node allocatable' : 0} (${resourceFieldRef.resource})`,
    );
  } else if (secretKeyRef)
    to.line(
      3,
      `${name}:`,
      `<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name}'>`,
      `Optional: ${secretKeyRef.optional ?? false}`,
    );
  else if (configMapKeyRef)
    to.line(
      3,
      `${name}:`,
      `<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name}'>`,
      `Optional: ${configMapKeyRef.optional ?? false}`,
    );
  else for (const [i, line] of value.split('\n').entries()) to.line(3, i === 0 ? `${name}:` : '', line);
}

/** What the pod's metadata has for a field; other fields are known when it runs. */
function fieldValue(pod: Pod | undefined, path: string): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (key !== undefined) return pod?.metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  const [, field] = /^metadata\.(name|namespace|uid)$/.exec(path) ?? [];
  return pod?.metadata[field as 'name' | 'namespace' | 'uid'] ?? '';
}

function describeMounts(to: Description, { volumeMounts = [], volumeDevices = [] }: Container): void {
  if (volumeMounts.length === 0) to.line(2, 'Mounts:', '<none>');
  else to.line(2, 'Mounts:');
  for (const { mountPath, name, readOnly, subPath } of [...volumeMounts].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1)))
    to.line(3, `${mountPath} from ${name} (${[readOnly ? 'ro' : 'rw', ...(subPath ? [`path="${subPath}"`] : [])].join(',')})`);
  if (volumeDevices.length > 0) to.line(2, 'Devices:');
  for (const { devicePath, name } of volumeDevices) to.line(3, `${devicePath} from ${name}`);
}
