/** Tells the user, in the pod's condition and an event, why a pod is not scheduled. */
import { type Pod, type PodCondition, podKind } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import { formatTime, isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';

export interface FailureReportOptions {
  client: Client;
  recorder: EventRecorder;
  clock: Clock;
  log: Logger;
}

/** Upstream cuts longer event messages. */
const maxMessage = 1024;

export class FailureReport {
  readonly #options: FailureReportOptions;

  constructor(options: FailureReportOptions) {
    this.#options = options;
  }

  /** `Unschedulable`: no node takes it; `SchedulerError`: trying failed. Writes in the background; failures are logged. */
  report(pod: Pod, reason: 'Unschedulable' | 'SchedulerError', message: string): void {
    const { recorder, log } = this.#options;
    const short = message.length > maxMessage ? `${message.slice(0, maxMessage - 4)} ...` : message;
    recorder.event({ apiVersion: 'v1', kind: 'Pod', metadata: pod.metadata }, 'Warning', 'FailedScheduling', short);
    this.#writeCondition(pod, reason, message).catch((error: unknown) => {
      if (!isStatus(error, 'NotFound')) log.warn({ pod: pod.metadata.name, err: error }, 'could not write the pod condition');
    });
  }

  async #writeCondition(pod: Pod, reason: string, message: string): Promise<void> {
    const { name = '', namespace, generation } = pod.metadata;
    const old = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (old?.status === 'False' && old.reason === reason && old.message === message) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : formatTime(this.#options.clock.now()),
      ...(generation !== undefined && { observedGeneration: generation }),
    };
    await this.#options.client
      .resource(podKind)
      .patch({ namespace, name }, { type: 'strategic', subresource: 'status', body: { status: { conditions: [condition] } } });
  }
}
