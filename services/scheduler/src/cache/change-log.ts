/** Which things changed in which order, so that whoever keeps sums over all of them looks at those that changed and no others. */

/** Changes kept at least; who lags behind further looks at everything. */
const kept = 4096;

export class ChangeLog<T> {
  #dropped = 0;
  #changes: T[] = [];

  /** Grows with each change. */
  get version(): number {
    return this.#dropped + this.#changes.length;
  }

  add(changed: T): void {
    if (this.#changes.length === 2 * kept) {
      this.#changes = this.#changes.slice(-kept);
      this.#dropped += kept;
    }
    this.#changes.push(changed);
  }

  /** What changed after a version; undefined where that is too long ago. */
  since(version: number): readonly T[] | undefined {
    return version < this.#dropped ? undefined : this.#changes.slice(version - this.#dropped);
  }
}
