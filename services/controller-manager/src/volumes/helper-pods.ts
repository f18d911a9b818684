/**
 * Pods that do what must be done at a volume, on a node that has it: make a directory, empty one, delete one. Level-triggered: `run` is
 * called again whenever such a pod changes, and says when it has succeeded. What it did may be done again: a death at any moment does that.
 */

import { type CoreEvent, eventKind, mirrorAnnotation, type Pod, podKind, type Volume } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import type { Informer, InformerSet } from '@t8s/informer';
import { ifUnchanged, isStatus, type KubeObject } from '@t8s/meta';
import { ItemBackoff } from '@t8s/workqueue';

export interface HelperTask {
  /** Of the pod, in kube-system. */
  name: string;
  /** What it works for: `<kind>/<key>` comes back with the pod's events. */
  subject: string;
  /** Mounted at /volume. */
  volume: Omit<Volume, 'name'>;
  command: readonly string[];
  /** Any node where absent. */
  node?: string;
  activeDeadlineSeconds: number;
  /** Kept with the pod. */
  annotations?: Record<string, string>;
  /** Asked of the API before a pod is made: memory may not show yet that it is done. */
  isNeeded(): Promise<boolean>;
  /** Called when a pod has been made. */
  started?(): void;
}

/** The pod failed; its words. */
export class HelperFailed extends Error {
  override readonly name = 'HelperFailed';
}

const namespace = 'kube-system';
/** The label that holds what a pod works for is too short for it: an annotation. */
const subjectAnnotation = 't8s.local/volume-task';

/** What a pod works for: nothing, of pods that are none of these. A kubelet may make mirror pods and write on them what it likes. */
const subjectsOf = ({ metadata: { namespace: of, annotations = {} } }: Pod): string[] => {
  const subject = of === namespace && annotations[mirrorAnnotation] === undefined ? annotations[subjectAnnotation] : undefined;
  return subject === undefined ? [] : [subject];
};

export const helperIndexers = { subject: subjectsOf };

/** A container of it has been there: it may have done something. */
export const hasRun = ({ status }: Pod): boolean => status?.containerStatuses?.some(({ state }) => state && !state.waiting) ?? false;

interface Failure {
  /** The pod's uid. */
  of: string;
  /** When the next one may be made. */
  until: number;
}

export interface HelperPodsOptions {
  client: Client;
  informers: InformerSet;
  image: string;
  clock: Clock;
  /** Brings a subject back after so many milliseconds. */
  retry(subject: string, ms: number): void;
  /** What a pod of a subject has come to. */
  heard(subject: string, event: CoreEvent): void;
}

export class HelperPods {
  /** To be waited for. */
  readonly informers: readonly Informer<KubeObject>[];
  readonly #pods: Informer<Pod>;
  readonly #options: HelperPodsOptions;
  readonly #backoff = new ItemBackoff<string>({ base: 1000, cap: 300_000 });
  readonly #failures = new Map<string, Failure>();

  constructor(options: HelperPodsOptions) {
    this.#options = options;
    this.#pods = options.informers.informer(podKind, { indexers: helperIndexers });
    const events = options.informers.informer(eventKind, { namespace, fieldSelector: 'involvedObject.kind=Pod' });
    this.informers = [this.#pods, events];
    // Those from before the start have been told.
    const tell = (event: CoreEvent): void => {
      const pod = events.hasSynced ? this.#pods.get(`${namespace}/${event.involvedObject.name}`) : undefined;
      if (pod && pod.metadata.uid === event.involvedObject.uid) for (const subject of subjectsOf(pod)) options.heard(subject, event);
    };
    events.addHandler({ added: tell, updated: tell });
  }

  /** Pods that work, or have worked, for it. */
  of(subject: string): Pod[] {
    return this.#pods.byIndex('subject', subject);
  }

  /**
   * The pod that has done it; `remove` it, or `forget` the subject, when that is written down. Throws HelperFailed once for a failure,
   * and brings the subject back when its back-off, from 1 s to 5 min whatever else happens meanwhile, is over.
   */
  async run(task: HelperTask): Promise<Pod | undefined> {
    const { name, subject } = task;
    const failure = this.#failures.get(subject);
    const pod = this.#pods.get(`${namespace}/${name}`);
    if (!pod) {
      if (this.#options.clock.now() >= (failure?.until ?? 0) && (await task.isNeeded()) && (await this.#create(task))) task.started?.();
      return undefined;
    }
    // Long names may be cut to the same: what another pod did is not this.
    if (!subjectsOf(pod).includes(subject)) throw new Error(`pod ${namespace}/${name} works for another`);
    const { phase, message, reason } = pod.status ?? {};
    if (phase === 'Succeeded') return pod;
    // The cache may still have one that was seen to fail.
    if (phase !== 'Failed' || failure?.of === pod.metadata.uid) return undefined;
    await this.remove(pod);
    const delay = this.#backoff.when(subject);
    this.#failures.set(subject, { of: pod.metadata.uid ?? '', until: this.#options.clock.now() + delay });
    this.#options.retry(subject, delay);
    throw new HelperFailed(terminationOf(pod) || message || reason || 'the pod failed');
  }

  /** Deletes the pods that work, or have worked, for it. */
  async forget(subject: string): Promise<void> {
    this.#backoff.forget(subject);
    this.#failures.delete(subject);
    for (const pod of this.of(subject)) await this.remove(pod);
  }

  /** Deletes one that no node has yet. One at work stays: what it does can't be known before it has ended. */
  async recall(pod: Pod): Promise<void> {
    if (!pod.spec.nodeName) await this.#delete(pod, { resourceVersion: pod.metadata.resourceVersion ?? '' });
  }

  async remove(pod: Pod): Promise<void> {
    if (!pod.metadata.deletionTimestamp) await this.#delete(pod);
  }

  async #create({ name, subject, volume, command, node, activeDeadlineSeconds, annotations }: HelperTask): Promise<boolean> {
    const container = {
      name: 'helper',
      image: this.#options.image,
      imagePullPolicy: 'IfNotPresent',
      command: [...command],
      volumeMounts: [{ name: 'volume', mountPath: '/volume' }],
      terminationMessagePolicy: 'FallbackToLogsOnError',
    };
    try {
      await this.#options.client.resource(podKind).create({
        metadata: { namespace, name, annotations: { ...annotations, [subjectAnnotation]: subject } },
        spec: {
          restartPolicy: 'Never',
          activeDeadlineSeconds,
          ...(node !== undefined && { nodeName: node }),
          tolerations: [{ operator: 'Exists' }],
          automountServiceAccountToken: false,
          containers: [container],
          volumes: [{ name: 'volume', ...volume }],
        },
      });
      return true;
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
      return false;
    }
  }

  async #delete({ metadata: { name = '', uid = '' } }: Pod, version: { resourceVersion?: string } = {}): Promise<void> {
    await ifUnchanged(
      this.#options.client.resource(podKind).delete({ namespace, name }, { preconditions: { uid, ...version }, gracePeriodSeconds: 0 }),
    );
  }
}

const terminationOf = ({ status }: Pod): string => status?.containerStatuses?.[0]?.state?.terminated?.message?.trim() ?? '';
