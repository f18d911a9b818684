/** Puts the parts of a scheduler together over a client and its informers. */
import { type Namespace, type Node, namespaceKind, nodeKind, type Pod, podKind } from '@t8s/api';
import { type Clock, systemClock } from '@t8s/async';
import type { Client } from '@t8s/client';
import { EventRecorder } from '@t8s/controller';
import { InformerSet } from '@t8s/informer';
import type { Logger } from '@t8s/telemetry';
import { Cache } from './cache/cache.ts';
import { Placement } from './cycle/placement.ts';
import { Requests } from './cycle/requests.ts';
import { type ProfileParts, Scheduler } from './cycle/scheduler.ts';
import { SchedulerMetrics } from './cycle/scheduler-metrics.ts';
import { followCluster } from './events/cluster-events.ts';
import { FailureReport } from './events/failure-report.ts';
import { trimNode } from './events/trim-node.ts';
import { trimPod } from './events/trim-pod.ts';
import { Workloads } from './events/workloads.ts';
import { Framework } from './framework/framework.ts';
import type { PluginContext } from './framework/plugin-context.ts';
import type { Profile } from './framework/profile.ts';
import { WaitingPods } from './framework/waiting-pods.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';

/** A profile before its plugins are made. */
export interface ProfileRecipe {
  schedulerName: string;
  /** How many of a hundred nodes to find before choosing; 0 adapts to the cluster's size. */
  percentageOfNodesToScore?: number;
  make(context: PluginContext): Profile;
}

export interface CreateSchedulerOptions {
  client: Client;
  log: Logger;
  clock?: Clock;
  profiles: readonly ProfileRecipe[];
  /** In milliseconds: the first back-off of a pod that fails, and the longest. */
  initialBackoff?: number;
  maxBackoff?: number;
  random?: () => number;
}

export interface RunningParts {
  metrics: SchedulerMetrics;
  /** Keeps pods, nodes, namespaces and workloads in view; a candidate for leadership does so before it leads. */
  follow(signal: AbortSignal): Promise<void>;
  /** Schedules. Begins when all of these are known. */
  schedule(signal: AbortSignal): Promise<void>;
}

export const defaultSchedulerName = 'default-scheduler';

export function createScheduler({
  client,
  log,
  clock = systemClock,
  profiles,
  initialBackoff,
  maxBackoff,
  random = Math.random,
}: CreateSchedulerOptions): RunningParts {
  const cache = new Cache();
  const metrics = new SchedulerMetrics();
  const waiting = new WaitingPods(clock);
  const requests = new Requests(() => scheduler.wake());
  const informers = new InformerSet({ client, log, clock });
  const namespaces = informers.informer<Namespace>(namespaceKind, { transform: trimNamespace });
  const pods = informers.informer<Pod>(podKind, { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed', transform: trimPod });
  const nodes = informers.informer<Node>(nodeKind, { transform: trimNode });
  const workloads = new Workloads({ informers, changed: () => cache.workloadsChanged() });

  const makeParts = ({ schedulerName, percentageOfNodesToScore = 0, make }: ProfileRecipe): ProfileParts => {
    const recorder = new EventRecorder({ client, component: schedulerName, log, clock });
    const profile = make({
      client,
      informers,
      requests,
      clock,
      log,
      recorder,
      cache,
      waiting,
      workloadSelector: (pod) => workloads.selectorOf(pod),
      namespaceLabels: (name) => namespaces.get(name)?.metadata.labels,
      changed(event) {
        cache.surroundingsChanged();
        queue.wake(event);
      },
      activate: ({ uid }) => queue.activate(uid),
      ungate: ({ uid }) => queue.ungate(uid),
      metrics,
      random,
    });
    const observe = metrics.ofProfile(schedulerName);
    const framework = new Framework({ profile, waiting, observe });
    const placement = new Placement({ framework, cache, percentageOfNodesToScore, random });
    return { framework, placement, recorder, failures: new FailureReport({ client, requests, recorder, clock, log }) };
  };
  const parts = new Map(profiles.map((recipe) => [recipe.schedulerName, makeParts(recipe)]));
  const [anyParts] = parts.values();
  if (!anyParts) throw new Error('a scheduler needs a profile');
  const partsOf = ({ spec: { schedulerName = defaultSchedulerName } }: Pod): ProfileParts => parts.get(schedulerName) ?? anyParts;

  const queue = new SchedulingQueue({
    clock,
    // All profiles sort alike.
    less: (a, b) => anyParts.framework.less(a, b),
    gate: (info) => partsOf(info.pod).framework.gate(info),
    isHelped: (info, plugin, event) => partsOf(info.pod).framework.isHelped(info, plugin, event),
    onReady: () => scheduler.wake(),
    onIncoming: (place, event) => metrics.incoming(place, event),
    ...(initialBackoff !== undefined && { initialBackoff }),
    ...(maxBackoff !== undefined && { maxBackoff }),
  });
  metrics.watch(queue, cache);
  const scheduler = new Scheduler({ profileOf: ({ pod }) => partsOf(pod), cache, queue, metrics, requests, waiting, clock, log });
  followCluster({
    pods,
    nodes,
    namespaces,
    cache,
    queue,
    giveUp: (uid, reason) => scheduler.giveUp(uid, reason),
    isOurs: ({ spec }) => parts.has(spec.schedulerName ?? defaultSchedulerName),
  });

  return {
    metrics,
    async follow(signal) {
      await informers.run(signal);
      queue.close();
    },
    async schedule(signal) {
      await informers.synced();
      await scheduler.run(signal);
      await Promise.all([...parts.values()].map(({ recorder }) => recorder.flush()));
    },
  };
}

/** Affinity selects namespaces by their labels. */
const trimNamespace = ({ metadata: { managedFields: _, annotations: __, ...metadata } }: Namespace): Namespace => ({ metadata, spec: {} });
