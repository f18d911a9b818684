import type { Pod } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import type { InformerSet } from '@t8s/informer';
import type { Selector } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { Cache } from '../cache/cache.ts';
import type { Requests } from '../cycle/requests.ts';
import type { SchedulerMetrics } from '../cycle/scheduler-metrics.ts';
import type { NamespaceLabels } from './affinity-terms.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { PodInfo } from './pod-info.ts';
import type { WaitingPods } from './waiting-pods.ts';

/** What the plugins of a profile are made with. */
export interface PluginContext {
  client: Client;
  /** Informers that a plugin asks for here are in sync before the first cycle. */
  informers: InformerSet;
  /** To send writes through that every cycle may cause. */
  requests: Requests;
  clock: Clock;
  log: Logger;
  recorder: EventRecorder;
  cache: Cache;
  waiting: WaitingPods;
  metrics: Pick<SchedulerMetrics, 'preempted'>;
  /** What services and the pod's controller select it and its like by; empty where none does. */
  workloadSelector(pod: Pod): Selector;
  namespaceLabels: NamespaceLabels;
  /** Something changed that a plugin watches itself: results are made anew, and pods whose plugins hope for it are tried again. */
  changed(event: ClusterEvent): void;
  /** Tries the pod again, whatever holds it: what its preEnqueue waited for is over. */
  activate(pod: PodInfo): void;
  /** The same where a preEnqueue plugin holds it, and nothing else does. */
  ungate(pod: PodInfo): void;
  random(): number;
}
