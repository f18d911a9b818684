/** Tells the user, in the pod's condition and an event, why a pod is not scheduled. */
import { type Pod, type PodCondition, podKind } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import { formatTime, isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { Requests } from '../cycle/requests.ts';

export interface FailureReportOptions {
  client: Client;
  requests: Requests;
  recorder: EventRecorder;
  clock: Clock;
  log: Logger;
}

export interface Failure {
  pod: Pod;
  /** `Unschedulable`: no node takes it; `SchedulerError`: trying failed. */
  reason: 'Unschedulable' | 'SchedulerError';
  message: string;
  /** The node that is being made ready for the pod, or an empty text. */
  nominated: string;
}

/** Upstream cuts longer event messages. */
const maxMessage = 1024;

export class FailureReport {
  readonly #options: FailureReportOptions;

  constructor(options: FailureReportOptions) {
    this.#options = options;
  }

  /** Writes in the background; failures are logged. */
  report(failure: Failure): void {
    const { recorder, log } = this.#options;
    const { pod, message } = failure;
    const short = message.length > maxMessage ? `${message.slice(0, maxMessage - 4)} ...` : message;
    recorder.event({ apiVersion: 'v1', kind: 'Pod', metadata: pod.metadata }, 'Warning', 'FailedScheduling', short);
    this.#write(failure).catch((error: unknown) => {
      if (!isStatus(error, 'NotFound')) log.warn({ pod: pod.metadata.name, err: error }, 'could not write the pod condition');
    });
  }

  async #write({ pod, reason, message, nominated }: Failure): Promise<void> {
    const { generation } = pod.metadata;
    const { conditions, nominatedNodeName = '' } = pod.status ?? {};
    const old = conditions?.find(({ type }) => type === 'PodScheduled');
    const isKnown = old?.status === 'False' && old.reason === reason && old.message === message;
    if (isKnown && nominated === nominatedNodeName) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : formatTime(this.#options.clock.now()),
      ...(generation !== undefined && { observedGeneration: generation }),
    };
    const { client, requests } = this.#options;
    const changes = {
      ...(!isKnown && { conditions: [condition] }),
      ...(nominated !== nominatedNodeName && { nominatedNodeName: nominated || null }),
    };
    await requests.send(() => patchPodStatus(client, pod, changes));
  }
}

/** A strategic merge: conditions are told apart by type; null takes a field away. */
export async function patchPodStatus(client: Client, { metadata }: Pod, status: object): Promise<void> {
  const { name = '', namespace } = metadata;
  await client.resource(podKind).patch({ namespace, name }, { type: 'strategic', subresource: 'status', body: { status } });
}
