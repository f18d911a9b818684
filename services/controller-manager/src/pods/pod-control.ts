/** Creates and deletes pods for an owner: with the events users read in `describe`, and remembered until the cache shows them. */
import type { Pod, PodTemplateSpec } from '@t8s/api';
import { podKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import type { Informer } from '@t8s/informer';
import { isStatus, objectKey } from '@t8s/meta';
import { controllerReference, type Owner } from './claim.ts';
import type { Expectations } from './expectations.ts';

export class PodControl {
  readonly #client: Client;
  readonly #events: EventRecorder;

  readonly #pods: Informer<Pod>;
  readonly #expectations: Expectations;

  constructor({
    client,
    events,
    pods,
    expectations,
  }: { client: Client; events: EventRecorder; pods: Informer<Pod>; expectations: Expectations }) {
    this.#client = client;
    this.#events = events;
    this.#pods = pods;
    this.#expectations = expectations;
  }

  /**
   * Creates a pod from the template, controlled by `owner`. Records SuccessfulCreate or FailedCreate; throws what the API answered.
   * In a namespace on its way out it does nothing: every try would fail, and the owner goes too.
   */
  async create(owner: Owner, template: PodTemplateSpec, generateName = `${owner.metadata.name}-`): Promise<void> {
    try {
      const pod = await this.#client.resource(podKind).create(podFromTemplate(owner, template, generateName));
      this.#events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      if (!this.#pods.get(objectKey(pod))) this.#expectations.expect(objectKey(owner), 'created', pod.metadata.uid ?? '');
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      this.#events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${(error as Error).message}`);
      throw error;
    }
  }

  /** Deletes a pod; one that is gone already is no failure. */
  async delete(owner: Owner, pod: Pod): Promise<void> {
    const { namespace, name = '', uid } = pod.metadata;
    try {
      await this.#client.resource(podKind).delete({ namespace, name }, { preconditions: { uid } });
      this.#events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
      const cached = this.#pods.get(objectKey(pod));
      if (cached?.metadata.uid === uid && !cached?.metadata.deletionTimestamp)
        this.#expectations.expect(objectKey(owner), 'deleted', uid ?? '');
    } catch (error) {
      if (isStatus(error, 'NotFound', 'Conflict')) return;
      this.#events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${(error as Error).message}`);
      throw error;
    }
  }
}

function podFromTemplate(owner: Owner, template: PodTemplateSpec, generateName: string): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName,
      namespace: owner.metadata.namespace,
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
      ...(finalizers && { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: structuredClone(template.spec ?? { containers: [] }),
  };
}

function isNamespaceTerminating(error: unknown): boolean {
  return isStatus(error, 'Forbidden') && (error.status.details?.causes?.some((c) => c.reason === 'NamespaceTerminating') ?? false);
}
