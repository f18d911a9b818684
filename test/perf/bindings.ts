import { type Pod, podKind } from '@t8s/api';
import type { ApiServerProcess } from './apiserver-process.ts';

/** The pods that have got their node, as a watch tells of them. */
export class Bindings {
  readonly #watch: AsyncIterable<{ type: string; object: Pod }>;
  readonly #prefix: string;
  readonly #end: AbortController;

  private constructor(watch: AsyncIterable<{ type: string; object: Pod }>, prefix: string, end: AbortController) {
    this.#watch = watch;
    this.#prefix = prefix;
    this.#end = end;
  }

  /** Of pods whose names begin so, from now on. */
  static async follow({ client }: ApiServerProcess, prefix: string): Promise<Bindings> {
    const { metadata } = await client.resource(podKind).list({ limit: 1 });
    const end = new AbortController();
    const watch = client.resource(podKind).watch({ resourceVersion: metadata?.resourceVersion ?? '0', signal: end.signal });
    return new Bindings(watch, prefix, end);
  }

  /** When the first and the last of so many got theirs. Milliseconds. */
  async all(count: number): Promise<{ first: number; last: number }> {
    const bound = new Set<string>();
    let first = 0;
    for await (const { object } of this.#watch) {
      const name = object.metadata.name ?? '';
      if (!object.spec.nodeName || !name.startsWith(this.#prefix)) continue;
      if (bound.size === 0) first = performance.now();
      bound.add(name);
      if (bound.size === count) break;
    }
    this.#end.abort();
    return { first, last: performance.now() };
  }
}
