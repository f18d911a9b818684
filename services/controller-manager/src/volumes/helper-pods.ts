/**
 * Pods that do what must be done at a volume, on a node that has it: make a directory, empty one, delete one. Level-triggered: `run` is
 * called again whenever such a pod changes, and says when it has succeeded. What it did may be done again: a death at any moment does that.
 */
import { type Pod, podKind, type Volume } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { Informer } from '@t8s/informer';
import { isStatus } from '@t8s/meta';

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
  /** Asked of the API before a pod is made: memory may not show yet that it is done. */
  isNeeded(): Promise<boolean>;
}

/** The pod failed; its words. */
export class HelperFailed extends Error {
  override readonly name = 'HelperFailed';
}

const namespace = 'kube-system';
/** The label that holds what a pod works for is too short for it: an annotation. */
const subjectAnnotation = 't8s.local/volume-task';

/** What a pod works for: nothing, of pods that are none of these. */
const subjectsOf = ({ metadata }: Pod): string[] => {
  const subject = metadata.namespace === namespace ? metadata.annotations?.[subjectAnnotation] : undefined;
  return subject === undefined ? [] : [subject];
};

export const helperIndexers = { subject: subjectsOf };

export class HelperPods {
  readonly #client: Client;
  readonly #pods: Informer<Pod>;
  readonly #image: string;

  constructor({ client, pods, image }: { client: Client; pods: Informer<Pod>; image: string }) {
    this.#client = client;
    this.#pods = pods;
    this.#image = image;
  }

  /** True when it is done; `forget` it when that is written down. Throws HelperFailed; the next call tries again. */
  async run(task: HelperTask): Promise<boolean> {
    const pod = this.#pods.get(`${namespace}/${task.name}`);
    if (!pod) {
      if (await task.isNeeded()) await this.#create(task);
      return false;
    }
    // Long names may be cut to the same: what another pod did is not this.
    if (!subjectsOf(pod).includes(task.subject)) throw new Error(`pod ${namespace}/${task.name} works for another`);
    const { phase = 'Pending', message, reason } = pod.status ?? {};
    if (pod.metadata.deletionTimestamp || (phase !== 'Succeeded' && phase !== 'Failed')) return false;
    if (phase === 'Succeeded') return true;
    await this.#delete(pod);
    throw new HelperFailed(terminationOf(pod) || message || reason || 'the pod failed');
  }

  /** Deletes the pods that work, or have worked, for it. */
  async forget(subject: string): Promise<void> {
    for (const pod of this.#pods.byIndex('subject', subject)) if (!pod.metadata.deletionTimestamp) await this.#delete(pod);
  }

  async #create({ name, subject, volume, command, node, activeDeadlineSeconds }: HelperTask): Promise<void> {
    const container = {
      name: 'helper',
      image: this.#image,
      imagePullPolicy: 'IfNotPresent',
      command: [...command],
      volumeMounts: [{ name: 'volume', mountPath: '/volume' }],
      terminationMessagePolicy: 'FallbackToLogsOnError',
    };
    try {
      await this.#client.resource(podKind).create({
        metadata: { namespace, name, annotations: { [subjectAnnotation]: subject } },
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
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
  }

  async #delete({ metadata: { name = '', uid = '' } }: Pod): Promise<void> {
    try {
      await this.#client.resource(podKind).delete({ namespace, name }, { preconditions: { uid }, gracePeriodSeconds: 0 });
    } catch (error) {
      if (!isStatus(error, 'NotFound', 'Conflict')) throw error;
    }
  }
}

const terminationOf = ({ status }: Pod): string => status?.containerStatuses?.[0]?.state?.terminated?.message?.trim() ?? '';
