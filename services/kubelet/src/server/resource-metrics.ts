/**
 * `/metrics/resource`: what the node, its pods and their containers use; what the metrics API and upstream's metrics-server
 * read (https://kubernetes.io/docs/reference/instrumentation/node-metrics/). Read from the kernel when asked for.
 */
import type { ContainerStats, RuntimeService } from '@t8s/cri';
import type { Logger } from '@t8s/telemetry';
import { machineUsage } from '../node/machine.ts';
import type { RuntimeCache } from '../pods/runtime-cache.ts';
import { labelNames } from '../runtime/labels.ts';

export interface ResourceMetricsOptions {
  runtime: RuntimeService;
  cache: RuntimeCache;
  log: Logger;
}

interface Sample {
  labels?: Record<string, string>;
  value: number;
  /** Milliseconds since the epoch. */
  at?: number;
}

export function resourceMetrics({ runtime, cache, log }: ResourceMetricsOptions): () => Promise<string> {
  return async () => {
    let stats: ContainerStats[] = [];
    let failed = 0;
    try {
      ({ stats } = await runtime.listContainerStats({}));
    } catch (error) {
      failed = 1;
      log.warn({ err: error }, 'the runtime does not tell what containers use');
    }
    return text(stats, startTimes(cache), failed);
  };
}

/** Seconds since the epoch, by container id. */
function startTimes(cache: RuntimeCache): Map<string, number> {
  const containers = cache.uids().flatMap((uid) => cache.pod(uid)?.containers ?? []);
  return new Map(containers.map(({ id, startedAt }) => [id, startedAt / 1e9]));
}

function text(stats: readonly ContainerStats[], started: ReadonlyMap<string, number>, failed: number): string {
  const containers = stats.map(({ attributes: { id, metadata, labels }, cpu, memory }) => ({
    pod: { namespace: labels[labelNames.podNamespace] ?? '', pod: labels[labelNames.podName] ?? '' },
    container: metadata.name,
    started: started.get(id),
    cpu: { value: (cpu?.usageCoreNanoSeconds?.value ?? 0) / 1e9, at: (cpu?.timestamp ?? 0) / 1e6 },
    memory: { value: memory?.workingSetBytes?.value ?? 0, at: (memory?.timestamp ?? 0) / 1e6 },
  }));
  const each = (of: (container: (typeof containers)[number]) => Sample): Sample[] =>
    containers.map((container) => ({ labels: { container: container.container, ...container.pod }, ...of(container) }));
  const perPod = (of: (container: (typeof containers)[number]) => Sample): Sample[] => {
    const sums = new Map<string, Sample>();
    for (const container of containers) {
      const key = `${container.pod.namespace}/${container.pod.pod}`;
      const { value, at = 0 } = of(container);
      const sum = sums.get(key);
      sums.set(key, { labels: container.pod, value: (sum?.value ?? 0) + value, at: Math.max(sum?.at ?? 0, at) });
    }
    return [...sums.values()];
  };
  const now = Date.now();
  const node = machineUsage();
  const cpuHelp = 'Cumulative cpu time consumed by the';
  const memoryHelp = 'Current working set of the';
  return [
    ...counter(
      'container_cpu_usage_seconds_total',
      `${cpuHelp} container in core-seconds`,
      each(({ cpu }) => cpu),
    ),
    ...gauge(
      'container_memory_working_set_bytes',
      `${memoryHelp} container in bytes`,
      each(({ memory }) => memory),
    ),
    ...gauge(
      'container_start_time_seconds',
      'Start time of the container since unix epoch in seconds',
      each((container) => ({ value: container.started ?? 0 })).filter(({ value }) => value > 0),
    ),
    ...counter('node_cpu_usage_seconds_total', `${cpuHelp} node in core-seconds`, [{ value: node.cpuSeconds, at: now }]),
    ...gauge('node_memory_working_set_bytes', `${memoryHelp} node in bytes`, [{ value: node.workingSet, at: now }]),
    ...counter(
      'pod_cpu_usage_seconds_total',
      `${cpuHelp} pod in core-seconds`,
      perPod(({ cpu }) => cpu),
    ),
    ...gauge(
      'pod_memory_working_set_bytes',
      `${memoryHelp} pod in bytes`,
      perPod(({ memory }) => memory),
    ),
    ...gauge('resource_scrape_error', '1 if there was an error while getting container metrics, 0 otherwise', [{ value: failed }]),
    '',
  ].join('\n');
}

const counter = (name: string, help: string, samples: readonly Sample[]): string[] => metric('counter', { name, help }, samples);
const gauge = (name: string, help: string, samples: readonly Sample[]): string[] => metric('gauge', { name, help }, samples);

/** The exposition format, with the time of each reading: rates are made from it, and prom-client can't say it. */
function metric(type: string, { name, help }: { name: string; help: string }, samples: readonly Sample[]): string[] {
  if (samples.length === 0) return [];
  return [
    `# HELP ${name} [STABLE] ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels, value, at }) => {
      const names = Object.entries(labels ?? {}).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
      return `${name}${names.length > 0 ? `{${names.join(',')}}` : ''} ${value}${at === undefined ? '' : ` ${Math.round(at)}`}`;
    }),
  ];
}
