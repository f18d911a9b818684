/** Sets of indexes in text form, `0,2-5,9`: what has succeeded or failed of an indexed job. */

type Interval = readonly [first: number, last: number];

/** How many indexes the text names. Throws IndexesError where it is malformed, out of order or beyond `completions`. */
export function countIndexes(text: string, completions: number): number {
  let total = 0;
  let previous = -1;
  for (const part of intervals(text)) {
    const [first, last] = parseInterval(part, completions);
    if (previous >= first) throw new IndexesError(`non-increasing order, previous: ${previous}, current: ${first}`);
    total += last - first + 1;
    previous = last;
  }
  return total;
}

/** The first index that two ordered texts share; what is malformed in them does not count. */
export function sharedIndex(a: string, b: string, completions: number): number | undefined {
  const [left, right] = [wellFormed(a, completions), wellFormed(b, completions)];
  for (let i = 0, j = 0; ; ) {
    const [l, r] = [left[i], right[j]];
    if (!l || !r) return undefined;
    if (l[0] <= r[1] && r[0] <= l[1]) return Math.max(l[0], r[0]);
    if (l[0] <= r[0]) i++;
    else j++;
  }
}

/** What is wrong with a text of indexes, in upstream's words. */
export class IndexesError extends Error {}

const intervals = (text: string): string[] => (text === '' ? [] : text.split(','));

function wellFormed(text: string, completions: number): Interval[] {
  return intervals(text).flatMap((part) => {
    try {
      return [parseInterval(part, completions)];
    } catch (error) {
      if (error instanceof IndexesError) return [];
      throw error;
    }
  });
}

function parseInterval(text: string, completions: number): Interval {
  const limits = text.split('-');
  if (limits.length > 2)
    throw new IndexesError(
      `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    );
  const [first = 0, last = first] = limits.map((limit) => parseIndex(limit, completions));
  if (limits.length === 2 && first >= last) throw new IndexesError(`non-increasing order, previous: ${first}, current: ${last}`);
  return [first, last];
}

function parseIndex(text: string, completions: number): number {
  if (!/^\+?\d+$/.test(text)) throw new IndexesError(`cannot convert string to integer for index: ${JSON.stringify(text)}`);
  if (Number(text) >= completions) throw new IndexesError(`too large index: ${JSON.stringify(text)}`);
  return Number(text);
}
