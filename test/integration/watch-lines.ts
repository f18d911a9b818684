import type { Client, WatchEvent } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import { eventually } from '@t8s/testkit';

/** A watch as its lines come. */
export class WatchLines {
  readonly events: WatchEvent<KubeObject>[] = [];
  readonly #abort = new AbortController();
  /** Resolves when the watch has ended. */
  readonly ended: Promise<void>;

  constructor(client: Client, path: string, headers: Record<string, string> = {}) {
    this.ended = this.#follow(client, path, headers);
  }

  /** Waits until so many events have come that `isEnough` says so, and returns them. */
  async until(isEnough: (events: readonly WatchEvent<KubeObject>[]) => boolean): Promise<readonly WatchEvent<KubeObject>[]> {
    await eventually(() => {
      if (!isEnough(this.events)) throw new Error(`the watch has told only ${JSON.stringify(this.told())}`);
    });
    return this.events;
  }

  /** `ADDED web` … */
  told(): string[] {
    return this.events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`.trim());
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  async #follow(client: Client, path: string, headers: Record<string, string>): Promise<void> {
    let pending = '';
    try {
      for await (const chunk of await client.stream({ method: 'GET', path, headers, signal: this.#abort.signal })) {
        const lines = (pending + chunk.toString()).split('\n');
        pending = lines.pop() ?? '';
        this.events.push(...lines.map((line) => JSON.parse(line) as WatchEvent<KubeObject>));
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }
}
