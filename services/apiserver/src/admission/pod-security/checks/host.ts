/** What would open the host: its namespaces, paths and ports, probes that reach beyond the pod, Windows' host processes. */
import type { Container, LifecycleHandler, Probe } from '@t8s/api';
import { containersOf } from '../../containers.ts';
import { type Check, containers, type Judge, namesOf, plural, quoted, setters, sorted } from './check.ts';

const namespaces: Judge = ({ spec }) => {
  const shared = (['hostIPC', 'hostNetwork', 'hostPID'] as const).filter((field) => spec[field] === true);
  return shared.length === 0 ? undefined : { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') };
};

const paths: Judge = ({ spec }) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: `${plural(names.length, 'volume')} ${quoted(names)}` };
};

const hostPortsOf = ({ ports = [] }: Container): number[] => ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [hostPort]));

const ports: Judge = ({ spec }) => {
  const names = namesOf(spec, (container) => hostPortsOf(container).length > 0);
  if (names.length === 0) return undefined;
  const used = sorted(containersOf(spec).flatMap(hostPortsOf).map(String));
  const detail = `${containers(names)} ${plural(names.length, 'uses', 'use')} ${plural(used.length, 'hostPort')} ${used.join(', ')}`;
  return { reason: 'hostPort', detail };
};

const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle = {} }: Container): string[] =>
  [livenessProbe, readinessProbe, startupProbe, lifecycle.postStart, lifecycle.preStop].flatMap((handler: Probe | LifecycleHandler = {}) =>
    [handler.httpGet?.host, handler.tcpSocket?.host].flatMap((host) => (host ? [host] : [])),
  );

const probes: Judge = ({ spec }) => {
  const names = sorted(namesOf(spec, (container) => hostsOf(container).length > 0));
  if (names.length === 0) return undefined;
  const hosts = sorted(containersOf(spec).flatMap(hostsOf));
  const reason = 'probe or lifecycle host';
  return { reason, detail: `${containers(names)} ${plural(names.length, 'uses', 'use')} ${plural(hosts.length, reason)} ${quoted(hosts)}` };
};

const windowsProcess: Judge = ({ spec }) => {
  const who = setters(
    spec.securityContext?.windowsOptions?.hostProcess === true,
    namesOf(spec, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true),
  );
  return who === '' ? undefined : { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` };
};

const level = 'baseline';
export const hostChecks: readonly Check[] = [
  { id: 'hostNamespaces', level, versions: [[0, namespaces]] },
  { id: 'hostPathVolumes', level, versions: [[0, paths]] },
  { id: 'hostPorts', level, versions: [[0, ports]] },
  { id: 'hostProbesAndHostLifecycle', level, versions: [[34, probes]] },
  { id: 'windowsHostProcess', level, versions: [[0, windowsProcess]] },
];
