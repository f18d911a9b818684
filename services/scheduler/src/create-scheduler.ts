/** Puts the parts of a scheduler together over a client and its informers. */
import { type Namespace, type Node, namespaceKind, nodeKind, type Pod, podKind } from '@t8s/api';
import { type Clock, systemClock } from '@t8s/async';
import type { Client } from '@t8s/client';
import { EventRecorder } from '@t8s/controller';
import { Informer } from '@t8s/informer';
import type { Logger } from '@t8s/telemetry';
import { Cache } from './cache/cache.ts';
import { Placement } from './cycle/placement.ts';
import { Scheduler } from './cycle/scheduler.ts';
import { SchedulerMetrics } from './cycle/scheduler-metrics.ts';
import { followCluster } from './events/cluster-events.ts';
import { FailureReport } from './events/failure-report.ts';
import { trimNode } from './events/trim-node.ts';
import { trimPod } from './events/trim-pod.ts';
import { Workloads } from './events/workloads.ts';
import { Framework } from './framework/framework.ts';
import { defaultProfile } from './plugins/default-profile.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';

export interface CreateSchedulerOptions {
  client: Client;
  log: Logger;
  clock?: Clock;
  schedulerName?: string;
  percentageOfNodesToScore?: number;
  random?: () => number;
}

export interface RunningParts {
  metrics: SchedulerMetrics;
  /** Keeps pods, nodes, namespaces and workloads in view; a candidate for leadership does so before it leads. */
  follow(signal: AbortSignal): Promise<void>;
  /** Schedules. Begins when all of these are known. */
  schedule(signal: AbortSignal): Promise<void>;
}

export function createScheduler({
  client,
  log,
  clock = systemClock,
  schedulerName = 'default-scheduler',
  percentageOfNodesToScore = 0,
  random = Math.random,
}: CreateSchedulerOptions): RunningParts {
  const cache = new Cache();
  const workloads = new Workloads({ client, log, clock, changed: () => cache.workloadsChanged() });
  const namespaces = new Informer<Namespace>({ client, kind: namespaceKind, transform: trimNamespace, log, clock });
  const framework = new Framework(
    defaultProfile({
      client,
      clock,
      workloadSelector: (pod) => workloads.selectorOf(pod),
      namespaceLabels: (name) => namespaces.get(name)?.metadata.labels,
    }),
  );
  const placement = new Placement({ framework, cache, percentageOfNodesToScore, random });
  const metrics = new SchedulerMetrics(schedulerName);
  const recorder = new EventRecorder({ client, component: schedulerName, log, clock });
  const queue = new SchedulingQueue({
    clock,
    less: (a, b) => framework.less(a, b),
    isGated: (info) => framework.gate(info) !== undefined,
    onReady: () => scheduler.wake(),
  });
  metrics.watchQueue(queue);
  const failures = new FailureReport({ client, recorder, clock, log });
  const scheduler = new Scheduler({ framework, cache, queue, placement, recorder, failures, metrics, clock, log });
  const pods = new Informer<Pod>({
    client,
    kind: podKind,
    fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
    transform: trimPod,
    log,
    clock,
  });
  const nodes = new Informer<Node>({ client, kind: nodeKind, transform: trimNode, log, clock });
  followCluster({
    pods,
    nodes,
    namespaces,
    cache,
    queue,
    schedulerName,
    fits: (info, node) => placement.fits(info, node),
    mayHelp: (waiting, changed) => framework.mayHelp(waiting, changed),
  });

  return {
    metrics,
    async follow(signal) {
      await Promise.all([pods.run(signal), nodes.run(signal), namespaces.run(signal), workloads.run(signal)]);
      queue.close();
    },
    async schedule(signal) {
      await Promise.all([pods.synced, nodes.synced, namespaces.synced, workloads.synced()]);
      await scheduler.run(signal);
      await recorder.flush();
    },
  };
}

/** Affinity selects namespaces by their labels. */
function trimNamespace({ metadata: { name, uid, resourceVersion, labels } }: Namespace): Namespace {
  return {
    metadata: {
      ...(name !== undefined && { name }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(labels && { labels }),
    },
    spec: {},
  };
}
