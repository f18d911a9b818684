import { type ContainerEvent, type ContainerEventType, type ContainerStatus, CriError, isCriError, type PodSandboxStatus } from '@t8s/cri';
import type Docker from 'dockerode';
import type { DockerContainers } from './docker-containers.ts';
import { docker, dockerError } from './docker-error.ts';
import type { DockerSandboxes } from './docker-sandboxes.ts';
import { jsonLines } from './json-lines.ts';
import { labelNames } from './labels.ts';
import { isSandbox } from './status.ts';

interface DockerEvent {
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  timeNano: number;
}

const types: Record<string, ContainerEventType> = {
  create: 'CONTAINER_CREATED_EVENT',
  start: 'CONTAINER_STARTED_EVENT',
  die: 'CONTAINER_STOPPED_EVENT',
  destroy: 'CONTAINER_DELETED_EVENT',
};

interface PodView {
  sandbox: PodSandboxStatus;
  containers: Map<string, ContainerStatus>;
}

export interface DockerEventsOptions {
  docker: Docker;
  sandboxes: DockerSandboxes;
  containers: DockerContainers;
}

/**
 * Docker's events as the CRI's: each carries the whole pod. A pod is listed once, at its first event; after that an
 * event costs one inspect of the container it is about.
 */
export class DockerEvents {
  readonly #options: DockerEventsOptions;

  constructor(options: DockerEventsOptions) {
    this.#options = options;
  }

  async *stream(signal: AbortSignal | undefined): AsyncGenerator<ContainerEvent> {
    const views = new Map<string, PodView>();
    const source = await docker(
      this.#options.docker.getEvents({
        filters: { type: ['container'], event: Object.keys(types), label: [labelNames.type] },
        ...(signal && { abortSignal: signal }),
      }),
    );
    try {
      for await (const event of jsonLines<DockerEvent>(source)) {
        const translated = await this.#translate(event, views);
        if (translated) yield translated;
      }
    } catch (error) {
      if (signal?.aborted) return;
      throw dockerError(error);
    }
    if (!signal?.aborted) throw new CriError('Unavailable', 'the Docker daemon ended the stream of events');
  }

  async #translate(
    { Action: action, Actor: actor, timeNano }: DockerEvent,
    views: Map<string, PodView>,
  ): Promise<ContainerEvent | undefined> {
    const type = types[action];
    if (!type) return undefined;
    const isOfSandbox = actor.Attributes[labelNames.type] === 'podsandbox';
    const sandboxId = isOfSandbox ? actor.ID : (actor.Attributes[labelNames.sandboxId] ?? '');
    const known = views.get(sandboxId);
    if (type === 'CONTAINER_DELETED_EVENT') {
      if (isOfSandbox) views.delete(sandboxId);
      else known?.containers.delete(actor.ID);
    } else if (known) {
      await this.#refresh(known, actor.ID);
    } else {
      await this.#load(sandboxId, views);
    }
    const view = views.get(sandboxId);
    return {
      containerId: actor.ID,
      containerEventType: type,
      createdAt: timeNano,
      podSandboxStatus: view ? this.#options.sandboxes.withAddresses(view.sandbox) : null,
      containersStatuses: view ? [...view.containers.values()] : [],
    };
  }

  async #refresh(view: PodView, id: string): Promise<void> {
    try {
      const info = await docker(this.#options.docker.getContainer(id).inspect());
      if (isSandbox(info)) view.sandbox = this.#options.sandboxes.statusOf(info);
      else view.containers.set(id, await this.#options.containers.statusOf(info));
    } catch (error) {
      if (!isCriError(error, 'NotFound')) throw error;
      view.containers.delete(id);
    }
  }

  async #load(sandboxId: string, views: Map<string, PodView>): Promise<void> {
    const { sandboxes, containers } = this.#options;
    try {
      const [sandbox, listed] = await Promise.all([sandboxes.status(sandboxId), containers.list({ podSandboxId: sandboxId })]);
      const view: PodView = { sandbox, containers: new Map() };
      await Promise.all(listed.map(({ id }) => this.#refresh(view, id)));
      views.set(sandboxId, view);
    } catch (error) {
      if (!isCriError(error, 'NotFound')) throw error;
    }
  }
}
