/** Elements of merging lists: what makes two of them the same, and the order of a merged list. */
import { unclassified } from '@t8s/meta';
import { isObject } from '../own-field.ts';

/** Identity of an element: the value of the merge key, or a primitive itself (merge key ''). Throws where an object lacks the key. */
export function identity(element: unknown, mergeKey: string): unknown {
  if (!isObject(element)) return element;
  const key = element[mergeKey];
  if (key === undefined) throw unclassified(`map: ${goMap(element)} does not contain declared merge key: ${mergeKey}`);
  return key;
}

/**
 * Puts `merged` into the order a patch asks for: elements in `order` follow it, the others keep their places relative
 * to each other and, where both stood in `before`, to the ordered ones (KEP-357).
 */
export function inOrder(
  merged: readonly unknown[],
  { order, before, mergeKey }: { order: readonly unknown[]; before: readonly unknown[]; mergeKey: string },
): unknown[] {
  const ranks = (list: readonly unknown[]): Map<unknown, number> => new Map(list.map((element, i) => [identity(element, mergeKey), i]));
  const wanted = ranks(order);
  const old = ranks(before);
  const rank = (of: Map<unknown, number>, element: unknown): number => of.get(identity(element, mergeKey)) ?? Number.POSITIVE_INFINITY;
  const by = (of: Map<unknown, number>) => (a: unknown, b: unknown) => compare(rank(of, a), rank(of, b));
  const ordered = merged.filter((element) => wanted.has(identity(element, mergeKey))).sort(by(wanted));
  const others = merged.filter((element) => !wanted.has(identity(element, mergeKey))).sort(by(old));
  const result: unknown[] = [];
  let next = 0;
  for (const element of ordered) {
    while (next < others.length && rank(old, others[next]) < rank(old, element) && old.has(identity(element, mergeKey)))
      result.push(others[next++]);
    result.push(element);
  }
  return [...result, ...others.slice(next)];
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** A value as Go's %v prints it. */
export function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  const pairs = Object.keys(value).sort();
  return `map[${pairs.map((name) => `${name}:${goMap(value[name])}`).join(' ')}]`;
}
