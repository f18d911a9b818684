import { readdir } from 'node:fs/promises';
import type { Pod } from '@t8s/api';
import type { Logger } from '@t8s/telemetry';
import type { PodDirs } from './pod-dirs.ts';
import { PodWorker, type PodWorkerDeps } from './pod-worker.ts';

export interface PodManagerOptions {
  worker: Omit<PodWorkerDeps, 'done'>;
  dirs: PodDirs;
  /** Called when a pod appears or changes, and when nothing is left of it: objects it refers to are watched meanwhile. */
  changed(pod: Pod, before: Pod | undefined): void;
  forgotten(uid: string): void;
  log: Logger;
}

const remembered = 1000;

/** All pods of the node: a worker each, told of what changes. */
export class PodManager {
  readonly #options: PodManagerOptions;
  readonly #workers = new Map<string, PodWorker>();
  readonly #pods = new Map<string, Pod>();
  /** Pods that have ended lately: events of their last moments may still come. */
  readonly #ended = new Set<string>();
  #started = false;

  constructor(options: PodManagerOptions) {
    this.#options = options;
  }

  pods(): Pod[] {
    return [...this.#pods.values()];
  }

  get(namespace: string, name: string): Pod | undefined {
    return this.pods().find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  }

  /** A pod came or changed in the API. */
  set(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const before = this.#pods.get(uid);
    this.#pods.set(uid, pod);
    this.#options.changed(pod, before);
    if (this.#started) this.#worker(uid).update(pod);
  }

  delete(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.#pods.delete(uid);
    if (this.#started) this.#workers.get(uid)?.remove();
    if (!this.#workers.has(uid)) this.#options.forgotten(uid);
  }

  /** Containers, probes or referenced objects of the pod have changed. */
  poke(uid: string): void {
    if (!this.#started) return;
    const worker = this.#workers.get(uid);
    if (worker) worker.poke();
    else if (this.#options.worker.cache.pod(uid) && !this.#ended.has(uid)) this.#orphan(uid);
  }

  pokeAll(): void {
    for (const uid of this.#workers.keys()) this.poke(uid);
  }

  /** The API's pods and the runtime's containers are both known: work begins. What the API does not know ends. */
  async start(): Promise<void> {
    this.#started = true;
    for (const [uid, pod] of this.#pods) this.#worker(uid).update(pod);
    for (const uid of this.#options.worker.cache.uids()) if (!this.#pods.has(uid)) this.#orphan(uid);
    await this.#removeOrphanedDirs();
  }

  #orphan(uid: string): void {
    this.#options.log.info({ uid }, 'containers of a pod that the API does not know: ending them');
    this.#worker(uid).remove();
  }

  #worker(uid: string): PodWorker {
    let worker = this.#workers.get(uid);
    if (!worker) {
      worker = new PodWorker(uid, {
        ...this.#options.worker,
        done: () => {
          this.#workers.delete(uid);
          this.#remember(uid);
          this.#options.forgotten(uid);
        },
      });
      this.#workers.set(uid, worker);
    }
    return worker;
  }

  #remember(uid: string): void {
    this.#ended.add(uid);
    const [oldest] = this.#ended;
    if (this.#ended.size > remembered && oldest !== undefined) this.#ended.delete(oldest);
  }

  async #removeOrphanedDirs(): Promise<void> {
    for (const uid of await readdir(this.#options.dirs.root)) {
      if (!this.#pods.has(uid) && !this.#workers.has(uid)) await this.#options.worker.volumes.remove(uid);
    }
  }
}
