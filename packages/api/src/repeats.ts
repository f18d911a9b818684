/**
 * Tells for each item whether an earlier one has the same key. In one pass: lists come from anyone and may be as long as a
 * body has room for.
 */
export function repeats<T>(items: readonly T[], keyOf: (item: T) => unknown): boolean[] {
  const seen = new Set<unknown>();
  return items.map((item) => {
    const key = keyOf(item);
    const isRepeat = seen.has(key);
    seen.add(key);
    return isRepeat;
  });
}
