/** How pods look in a table: upstream's printPod. */
import { parseTime } from '@t8s/meta';
import { age, ageColumn, nameColumn } from '../../columns.ts';
import type { ContainerStatus, Pod } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';
import { isSidecar } from './resources.ts';

interface PodSummary {
  ready: number;
  total: number;
  status: string;
  restarts: number;
  /** When a container last ended to be restarted, in milliseconds. */
  lastRestart: number | undefined;
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
    cell: (pod) => {
      const { ready, total } = summarizePod(pod);
      return `${ready}/${total}`;
    },
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The aggregate status of the containers in this pod.',
    cell: (pod) => summarizePod(pod).status,
  },
  {
    name: 'Restarts',
    type: 'string',
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    cell: (pod, now) => {
      const { restarts, lastRestart } = summarizePod(pod);
      return restarts > 0 && lastRestart !== undefined
        ? `${restarts} (${age(new Date(lastRestart).toISOString(), now)} ago)`
        : `${restarts}`;
    },
  },
  ageColumn,
  wide(
    'IP',
    'IP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
    ({ status }) => status?.podIPs?.[0]?.ip,
  ),
  wide('Node', 'NodeName indicates in which node this pod is scheduled.', ({ spec }) => spec.nodeName),
  wide(
    'Nominated Node',
    'nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away.',
    ({ status }) => status?.nominatedNodeName,
  ),
  wide('Readiness Gates', 'If specified, all readiness gates will be evaluated for pod readiness.', readinessGates),
];

function wide(name: string, description: string, cell: (pod: Pod) => string | undefined): Column<Pod> {
  return { name, type: 'string', description, priority: 1, cell: (pod) => cell(pod) || '<none>' };
}

function readinessGates({ spec, status }: Pod): string | undefined {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return undefined;
  const open = gates.filter((gate) => status?.conditions?.some((c) => c.type === gate.conditionType && c.status === 'True'));
  return `${open.length}/${gates.length}`;
}

/** The words and numbers `kubectl get pods` shows. */
export function summarizePod(pod: Pod): PodSummary {
  const { spec, status = {} } = pod;
  const conditionTrue = (type: string): boolean => status.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;
  const init = summarizeInit(pod);
  let reason = status.reason || status.phase || '';
  if (status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) reason = 'SchedulingGated';
  if (init.reason !== undefined) reason = init.reason;
  let { ready, restarts } = init;
  let lastRestart = latest(init.lastRestart);

  if (init.reason === undefined || conditionTrue('Initialized')) {
    restarts = init.sidecarRestarts;
    lastRestart = latest(init.sidecarLastRestart);
    let running = false;
    for (const container of [...(status.containerStatuses ?? [])].reverse()) {
      restarts += container.restartCount;
      lastRestart = latest([lastRestart, endOf(container)]);
      const stopped = container.state?.waiting?.reason || (container.state?.terminated && ended(container.state.terminated));
      if (stopped) reason = stopped;
      else if (container.ready && container.state?.running) {
        running = true;
        ready += 1;
      }
    }
    if (reason === 'Completed' && running) reason = conditionTrue('Ready') ? 'Running' : 'NotReady';
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (status.phase !== 'Failed' && status.phase !== 'Succeeded') reason = 'Terminating';
  }
  return {
    ready,
    total: spec.containers.length + (spec.initContainers ?? []).filter(isSidecar).length,
    status: reason,
    restarts,
    lastRestart,
  };
}

interface InitSummary {
  ready: number;
  restarts: number;
  lastRestart: (number | undefined)[];
  sidecarRestarts: number;
  sidecarLastRestart: (number | undefined)[];
  /** What keeps the pod from being initialized; absent when nothing does. */
  reason: string | undefined;
}

function summarizeInit({ spec, status }: Pod): InitSummary {
  const sidecars = new Set((spec.initContainers ?? []).filter(isSidecar).map((container) => container.name));
  const summary: InitSummary = { ready: 0, restarts: 0, lastRestart: [], sidecarRestarts: 0, sidecarLastRestart: [], reason: undefined };
  for (const [i, container] of (status?.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = container.state ?? {};
    summary.restarts += container.restartCount;
    summary.lastRestart.push(endOf(container));
    if (sidecars.has(container.name)) {
      summary.sidecarRestarts += container.restartCount;
      summary.sidecarLastRestart.push(endOf(container));
    }
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) summary.ready += 1;
      continue;
    }
    if (terminated) summary.reason = `Init:${ended(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${i}/${spec.initContainers?.length ?? 0}`;
    break;
  }
  return summary;
}

function ended({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

function endOf({ lastState }: ContainerStatus): number | undefined {
  const finished = lastState?.terminated?.finishedAt;
  return finished === undefined ? undefined : parseTime(finished);
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce((last, time) => (time !== undefined && (last === undefined || time > last) ? time : last), undefined);
}
