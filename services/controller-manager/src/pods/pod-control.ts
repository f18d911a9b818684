/** Creates and deletes pods for an owner: with the events users read in `describe`, and remembered until the cache shows them. */
import type { Pod, PodTemplateSpec } from '@t8s/api';
import { podKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import type { Informer } from '@t8s/informer';
import { isStatus, objectKey } from '@t8s/meta';
import { controllerReference, type Owner } from './claim.ts';
import type { Expectations } from './expectations.ts';

/** What an event says that a pod's creation or deletion has brought. */
export type PodEventText = (verb: 'create' | 'delete', owner: Owner, pod: string, error?: Error) => string;

const plain: PodEventText = (verb, _owner, pod, error) => {
  if (error) return `Error ${verb === 'create' ? 'creating' : 'deleting'}: ${error.message}`;
  return `${verb === 'create' ? 'Created' : 'Deleted'} pod: ${pod}`;
};

export interface PodControlOptions {
  client: Client;
  events: EventRecorder;
  pods: Informer<Pod>;
  expectations: Expectations;
  text?: PodEventText;
}

export class PodControl {
  readonly #client: Client;
  readonly #events: EventRecorder;

  readonly #pods: Informer<Pod>;
  readonly #expectations: Expectations;
  readonly #text: PodEventText;

  constructor({ client, events, pods, expectations, text = plain }: PodControlOptions) {
    this.#client = client;
    this.#events = events;
    this.#pods = pods;
    this.#expectations = expectations;
    this.#text = text;
  }

  /** Creates a pod from the template, under a generated name. */
  create(owner: Owner, template: PodTemplateSpec, generateName = `${owner.metadata.name}-`): Promise<void> {
    return this.createPod(owner, podFromTemplate(owner, template, { generateName }));
  }

  /**
   * Creates a pod that `owner` controls. Records SuccessfulCreate or FailedCreate; throws what the API answered.
   * In a namespace on its way out it does nothing: every try would fail, and the owner goes too.
   */
  async createPod(owner: Owner, wanted: Pod): Promise<void> {
    try {
      const pod = await this.#client.resource(podKind).create(wanted);
      this.#events.event(owner, 'Normal', 'SuccessfulCreate', this.#text('create', owner, pod.metadata.name ?? ''));
      if (!this.#pods.get(objectKey(pod))) this.#expectations.expect(objectKey(owner), 'created', pod.metadata.uid ?? '');
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      const message = this.#text('create', owner, wanted.metadata.name ?? '', error as Error);
      // A name that is taken will be free again: its pod isn't in the cache yet, or not out of it.
      if (!isStatus(error, 'AlreadyExists')) this.#events.event(owner, 'Warning', 'FailedCreate', message);
      throw error;
    }
  }

  /** Deletes a pod; one that is gone already is no failure. */
  async delete(owner: Owner, pod: Pod): Promise<void> {
    const { namespace, name = '', uid } = pod.metadata;
    try {
      await this.#client.resource(podKind).delete({ namespace, name }, { preconditions: { uid } });
      this.#events.event(owner, 'Normal', 'SuccessfulDelete', this.#text('delete', owner, name));
      const cached = this.#pods.get(objectKey(pod));
      if (cached?.metadata.uid === uid && !cached?.metadata.deletionTimestamp)
        this.#expectations.expect(objectKey(owner), 'deleted', uid ?? '');
    } catch (error) {
      if (isStatus(error, 'NotFound', 'Conflict')) return;
      this.#events.event(owner, 'Warning', 'FailedDelete', this.#text('delete', owner, name, error as Error));
      throw error;
    }
  }
}

/** A pod of the template that `owner` controls. */
export function podFromTemplate(owner: Owner, template: PodTemplateSpec, name: { name: string } | { generateName: string }): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...name,
      namespace: owner.metadata.namespace,
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
      ...(finalizers && { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: structuredClone(template.spec ?? { containers: [] }),
  };
}

/** Nothing can be made in a namespace on its way out. */
export function isNamespaceTerminating(error: unknown): boolean {
  return isStatus(error, 'Forbidden') && (error.status.details?.causes?.some((c) => c.reason === 'NamespaceTerminating') ?? false);
}
