/** What --sort-by does. */
import { tryParseQuantity } from '@t8s/meta';
import { JsonPath, relaxedPath } from '../../printers/json-path.ts';
import { Failure } from '../failure.ts';

/** Items by the value `path` leads to in their objects, those without one first; undefined where no object has it. */
export function sortedBy<T>(items: readonly T[], path: string, objectOf: (item: T) => unknown): T[] | undefined {
  const read = new JsonPath(relaxedPath(path));
  const keyed = items.map((item) => ({ item, key: read.values(objectOf(item))[0] }));
  if (keyed.every(({ key }) => key === undefined)) return undefined;
  const wrong = keyed.find(({ key }) => typeof key === 'object' && key !== null);
  if (wrong)
    throw new Failure(
      `error: the values of {${path.replaceAll(/[{}]/g, '')}} can't be sorted: ${Array.isArray(wrong.key) ? 'a list' : 'an object'}`,
    );
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  const [x, y] = [tryParseQuantity(left), tryParseQuantity(right)];
  return x && y ? x.compare(y) : natural(left, right);
}

/** Runs of digits count as numbers: `web-2` comes before `web-10`. */
function natural(a: string, b: string): number {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (part === other) continue;
    if (/^\d/.test(part) && /^\d/.test(other) && Number(part) !== Number(other)) return Number(part) - Number(other);
    return part < other ? -1 : 1;
  }
  return left.length - right.length;
}
