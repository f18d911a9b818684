/** Keys in order, for lists and pages. Insertion costs a binary search and one memory move. */
export class SortedKeys {
  readonly #keys: string[] = [];

  add(key: string): void {
    this.#keys.splice(this.#position(key), 0, key);
  }

  delete(key: string): void {
    const at = this.#position(key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
  }

  /** Keys that begin with `prefix`, beginning after `after`. */
  *range(prefix: string, after?: string): Iterable<string> {
    let at = this.#start(prefix, after);
    for (let key = this.#keys[at]; key?.startsWith(prefix); key = this.#keys[++at]) yield key;
  }

  /** How many keys `range` has. */
  count(prefix: string, after?: string): number {
    // No key has this character: it sorts behind all that begin with the prefix.
    return this.#position(`${prefix}\uffff`) - this.#start(prefix, after);
  }

  #start(prefix: string, after: string | undefined): number {
    return this.#position(after !== undefined && after >= prefix ? `${after}\0` : prefix);
  }

  #position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
