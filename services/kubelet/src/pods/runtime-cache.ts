/**
 * What runs on the node, pod by pod: listed once at start, kept up to date by the runtime's events. The kubelet's memory
 * of its pods is in the containers' labels; this is a copy of it.
 */
import { type ContainerEvent, type ContainerStatus, isCriError, type PodSandboxStatus, type RuntimeService } from '@t8s/cri';

export interface RuntimePod {
  uid: string;
  name: string;
  namespace: string;
  /** The newest first. */
  sandboxes: PodSandboxStatus[];
  /** Of all sandboxes; the newest first. */
  containers: ContainerStatus[];
}

interface Entry {
  sandbox: PodSandboxStatus;
  containers: Map<string, ContainerStatus>;
}

export class RuntimeCache {
  readonly #runtime: RuntimeService;
  readonly #changed: (uid: string) => void;
  #entries = new Map<string, Entry>();
  #byPod = new Map<string, Set<string>>();
  /** How often containers of a sandbox were taken in without an answer about the whole. */
  readonly #taken = new Map<string, number>();

  /** `changed` is called after each change with the pod's UID. */
  constructor(runtime: RuntimeService, changed: (uid: string) => void) {
    this.#runtime = runtime;
    this.#changed = changed;
  }

  uids(): string[] {
    return [...this.#byPod.keys()];
  }

  pod(uid: string): RuntimePod | undefined {
    const entries = [...(this.#byPod.get(uid) ?? [])].flatMap((id) => this.#entries.get(id) ?? []);
    const [first] = entries;
    if (!first) return undefined;
    return {
      uid,
      name: first.sandbox.metadata.name,
      namespace: first.sandbox.metadata.namespace,
      sandboxes: entries.map((e) => e.sandbox).sort((a, b) => b.metadata.attempt - a.metadata.attempt || b.createdAt - a.createdAt),
      containers: entries
        .flatMap((e) => [...e.containers.values()])
        .sort((a, b) => b.metadata.attempt - a.metadata.attempt || b.createdAt - a.createdAt),
    };
  }

  /** Lists everything anew: at start, and when the runtime has been away. */
  async relist(): Promise<void> {
    const { items } = await this.#runtime.listPodSandbox({});
    const loaded = await Promise.all(items.map(({ id }) => this.#load(id)));
    const before = this.uids();
    this.#entries = new Map();
    this.#byPod = new Map();
    for (const entry of loaded) if (entry) this.#put(entry);
    for (const uid of new Set([...before, ...this.uids()])) this.#changed(uid);
  }

  /** Reads one sandbox again: right after it was made, its event may still be on the way. */
  async refresh(sandboxId: string): Promise<void> {
    for (;;) {
      const before = this.#taken.get(sandboxId);
      const entry = await this.#load(sandboxId);
      // A container taken in meanwhile may be younger than this answer.
      if (this.#taken.get(sandboxId) !== before) continue;
      if (entry) this.#put(entry);
      else this.#drop(sandboxId);
      return;
    }
  }

  /** Reads all sandboxes of one pod again: after a failure, what is remembered of it may be half gone. */
  async refreshPod(uid: string): Promise<void> {
    const { items } = await this.#runtime.listPodSandbox({ filter: { labelSelector: { 'io.kubernetes.pod.uid': uid } } });
    const present = new Set(items.map(({ id }) => id));
    for (const id of this.#byPod.get(uid) ?? []) if (!present.has(id)) this.#drop(id);
    await Promise.all(items.map(({ id }) => this.refresh(id)));
  }

  /** Takes in one container's state without waiting for its event. */
  setContainer(sandboxId: string, status: ContainerStatus): void {
    const containers = this.#entries.get(sandboxId)?.containers;
    containers?.set(status.id, later(containers.get(status.id), status));
    this.#taken.set(sandboxId, (this.#taken.get(sandboxId) ?? 0) + 1);
  }

  async apply({ containerId, containerEventType, podSandboxStatus, containersStatuses }: ContainerEvent): Promise<void> {
    if (podSandboxStatus) {
      const containers = new Map(containersStatuses.map((c) => [c.id, c]));
      // An event tells how things were when it was made: a container it doesn't know may have come since.
      const isStale = [...(this.#entries.get(podSandboxStatus.id)?.containers.keys() ?? [])].some((id) => !containers.has(id));
      if (isStale) await this.refresh(podSandboxStatus.id);
      else this.#put({ sandbox: podSandboxStatus, containers });
      this.#changed(podSandboxStatus.metadata.uid);
    } else if (containerEventType === 'CONTAINER_DELETED_EVENT') {
      const uid = this.#entries.get(containerId)?.sandbox.metadata.uid;
      this.#drop(containerId);
      if (uid !== undefined) this.#changed(uid);
    } else {
      await this.relist();
    }
  }

  async #load(id: string): Promise<Entry | undefined> {
    try {
      const { status, containersStatuses } = await this.#runtime.podSandboxStatus({ podSandboxId: id });
      const statuses = containersStatuses.length > 0 ? containersStatuses : await this.#containersOf(id);
      return { sandbox: status, containers: new Map(statuses.map((c) => [c.id, c])) };
    } catch (error) {
      if (isCriError(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  /** Runtimes need not give containers with the sandbox. */
  async #containersOf(podSandboxId: string): Promise<ContainerStatus[]> {
    const { containers } = await this.#runtime.listContainers({ filter: { podSandboxId } });
    return Promise.all(containers.map(async ({ id }) => (await this.#runtime.containerStatus({ containerId: id })).status));
  }

  #put(entry: Entry): void {
    const { id, metadata } = entry.sandbox;
    const known = this.#entries.get(id)?.containers;
    for (const [containerId, status] of entry.containers) entry.containers.set(containerId, later(known?.get(containerId), status));
    this.#entries.set(id, entry);
    this.#byPod.set(metadata.uid, (this.#byPod.get(metadata.uid) ?? new Set()).add(id));
  }

  #drop(sandboxId: string): void {
    const uid = this.#entries.get(sandboxId)?.sandbox.metadata.uid;
    this.#entries.delete(sandboxId);
    this.#taken.delete(sandboxId);
    if (uid === undefined) return;
    const ids = this.#byPod.get(uid);
    ids?.delete(sandboxId);
    if (ids?.size === 0) this.#byPod.delete(uid);
  }
}

const order = ['CONTAINER_UNKNOWN', 'CONTAINER_CREATED', 'CONTAINER_RUNNING', 'CONTAINER_EXITED'];

/** Answers may overtake each other; a container never goes back to an earlier state. */
function later(a: ContainerStatus | undefined, b: ContainerStatus): ContainerStatus {
  return a && order.indexOf(a.state) > order.indexOf(b.state) ? a : b;
}
