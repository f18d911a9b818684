import { firstIndex } from '@t8s/async';

/** Most keys of a block: an insertion moves no more than these. */
const blockSize = 256;

/** Keys in order, for lists and pages: in blocks, so that an insertion costs two binary searches and a small memory move. */
export class SortedKeys {
  /** One at least; none is empty but the only one. */
  readonly #blocks: string[][] = [[]];

  add(key: string): void {
    const { block, at } = this.#position(key);
    const keys = this.#blocks[block] ?? [];
    keys.splice(at, 0, key);
    if (keys.length > blockSize) this.#blocks.splice(block + 1, 0, keys.splice(blockSize / 2));
  }

  delete(key: string): void {
    const { block, at } = this.#position(key);
    const keys = this.#blocks[block] ?? [];
    if (keys[at] !== key) return;
    keys.splice(at, 1);
    if (keys.length === 0 && this.#blocks.length > 1) this.#blocks.splice(block, 1);
  }

  /** Keys that begin with `prefix`, beginning after `after`. */
  *range(prefix: string, after?: string): Iterable<string> {
    const start = this.#start(prefix, after);
    for (let { block, at } = start; block < this.#blocks.length; block++, at = 0) {
      const keys = this.#blocks[block] ?? [];
      for (let key = keys[at]; key !== undefined; key = keys[++at]) {
        if (!key.startsWith(prefix)) return;
        yield key;
      }
    }
  }

  /** How many keys `range` has. */
  count(prefix: string, after?: string): number {
    // No key has this character: it sorts behind all that begin with the prefix.
    const last = `${prefix}\uffff`;
    if (after !== undefined && after >= last) return 0;
    const start = this.#start(prefix, after);
    const end = this.#position(last);
    let count = end.at - start.at;
    for (let block = start.block; block < end.block; block++) count += this.#blocks[block]?.length ?? 0;
    return count;
  }

  #start(prefix: string, after: string | undefined): Position {
    return this.#position(after !== undefined && after >= prefix ? `${after}\0` : prefix);
  }

  /** Where the first key is that is not less, or would be: in the last block whose first key is not greater. */
  #position(key: string): Position {
    const block = Math.max(firstIndex(this.#blocks, (keys) => (keys[0] ?? '') > key) - 1, 0);
    return { block, at: firstIndex(this.#blocks[block] ?? [], (other) => other >= key) };
  }
}

interface Position {
  block: number;
  at: number;
}
