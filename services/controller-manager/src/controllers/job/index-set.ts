/** Completion indexes of an indexed job, in the text form of its status: `0,2-5,9` (https://kep.k8s.io/2214). */
import { firstIndex } from '@t8s/async';

type Interval = readonly [first: number, last: number];

/** Kept as sorted intervals, so that ten thousand indexes done in a row cost as much as one. Immutable. */
export class IndexSet {
  static readonly empty = new IndexSet([]);
  readonly #intervals: readonly Interval[];
  readonly size: number;

  /** `intervals` are sorted by their first index; those that touch become one. */
  private constructor(intervals: Iterable<Interval>) {
    const joined: [number, number][] = [];
    for (const [first, last] of intervals) {
      const previous = joined.at(-1);
      if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
      else joined.push([first, last]);
    }
    this.#intervals = joined;
    this.size = joined.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** Indexes from `completions` on, and what is malformed, are left out: jobs may shrink. */
  static parse(text: string, completions: number): IndexSet {
    const intervals = text.split(',').flatMap((part): Interval[] => {
      const limits = /^(\d+)(?:-(\d+))?$/.exec(part);
      if (!limits) return [];
      const first = Number(limits[1]);
      return first < completions ? [[first, Math.min(Number(limits[2] ?? first), completions - 1)]] : [];
    });
    return new IndexSet(intervals);
  }

  has(index: number): boolean {
    const at = firstIndex(this.#intervals, ([, last]) => last >= index);
    return (this.#intervals[at]?.[0] ?? Infinity) <= index;
  }

  with(indexes: Iterable<number>): IndexSet {
    const added = [...indexes].map((index): Interval => [index, index]);
    return added.length === 0 ? this : new IndexSet([...this.#intervals, ...added].sort(([a], [b]) => a - b));
  }

  union(other: IndexSet): IndexSet {
    return new IndexSet([...this.#intervals, ...other.#intervals].sort(([a], [b]) => a - b));
  }

  /** How many indexes both have. */
  countShared(other: IndexSet): number {
    let shared = 0;
    for (let i = 0, j = 0; ; ) {
      const [a, b] = [this.#intervals[i], other.#intervals[j]];
      if (!a || !b) return shared;
      shared += Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0]) + 1);
      if (a[1] < b[1]) i++;
      else j++;
    }
  }

  /** The first `count` indexes below `completions` that are not in the set. */
  firstAbsent(count: number, completions: number): number[] {
    const absent: number[] = [];
    let candidate = 0;
    for (const [first, last] of [...this.#intervals, [completions, completions]]) {
      for (; candidate < Math.min(first ?? 0, completions) && absent.length < count; candidate++) absent.push(candidate);
      candidate = Math.max(candidate, (last ?? 0) + 1);
    }
    return absent;
  }

  toString(): string {
    return this.#intervals
      .map(([first, last]) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`))
      .join(',');
  }
}
