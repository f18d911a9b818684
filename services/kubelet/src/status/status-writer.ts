import type { Pod, PodStatus } from '@t8s/api';
import { Backoff, type Clock } from '@t8s/async';
import { isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { statusPatch } from './status-patch.ts';

export interface StatusWriterOptions {
  /** Patches the pod's status, guarded by its UID; resolves with the pod as it is then. */
  patch(pod: Pod, status: Record<string, unknown>): Promise<Pod>;
  clock: Clock;
  log: Logger;
}

interface Entry {
  pod: Pod;
  wanted: PodStatus;
  /** The pod as the last answer to a write told it: newer than what the watch has told, until that catches up. */
  written: Pod | undefined;
  writing: Promise<void> | undefined;
  dirty: boolean;
}

/** Writes pod statuses: only where the API's differ from ours, whoever changed them, one request a pod at a time, the newest status wins. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** The status last wanted for the pod. */
  get(uid: string): PodStatus | undefined {
    return this.#entries.get(uid)?.wanted;
  }

  set(pod: Pod, status: PodStatus): void {
    const uid = pod.metadata.uid ?? '';
    const entry = this.#entries.get(uid) ?? { pod, wanted: status, written: undefined, writing: undefined, dirty: false };
    this.#entries.set(uid, entry);
    entry.wanted = status;
    this.#update(entry, pod);
  }

  /** The API's pod has changed: what another wrote over our status is set right again. Nothing happens before the first `set`. */
  observe(pod: Pod): void {
    const entry = this.#entries.get(pod.metadata.uid ?? '');
    if (entry) this.#update(entry, pod);
  }

  /** Resolves when the API has the status last set. */
  async flush(uid: string): Promise<void> {
    await this.#entries.get(uid)?.writing;
  }

  forget(uid: string): void {
    this.#entries.delete(uid);
  }

  #update(entry: Entry, pod: Pod): void {
    entry.pod = pod;
    if (!entry.writing && !statusPatch(newestStatus(entry), entry.wanted)) return;
    entry.dirty = true;
    entry.writing ??= this.#write(entry);
  }

  async #write(entry: Entry): Promise<void> {
    const { clock, log } = this.#options;
    const backoff = new Backoff({ base: 500, cap: 10_000 });
    while (entry.dirty) {
      entry.dirty = false;
      const patch = statusPatch(newestStatus(entry), entry.wanted);
      if (!patch) continue;
      try {
        entry.written = await this.#options.patch(entry.pod, patch);
        backoff.reset();
      } catch (error) {
        // Gone, or another pod of that name: nobody is left to tell.
        if (isStatus(error, 'NotFound', 'Conflict')) break;
        log.warn(
          { pod: entry.pod.metadata.name, namespace: entry.pod.metadata.namespace, err: error },
          'pod status not written, trying again',
        );
        entry.dirty = true;
        await new Promise<void>((resolve) => clock.after(backoff.next(), resolve));
      }
    }
    entry.writing = undefined;
  }
}

/** Resource versions of one kind can be compared (KEP-5504). */
function newestStatus({ pod, written }: Entry): PodStatus | undefined {
  const version = ({ metadata }: Pod): bigint => BigInt(metadata.resourceVersion ?? '0');
  return written && version(written) >= version(pod) ? written.status : pod.status;
}
