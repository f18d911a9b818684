/**
 * Steps of a path as FieldsV1 spells them (KEP-555): `f:name` a field or map key, `k:{"name":"x"}` an element of a keyed list,
 * `v:"x"` an element of a set, `i:0` an index, `.` the value itself. Everywhere a step is its text.
 */

export const self = '.';

export const fieldElement = (name: string): string => `f:${name}`;

/** JSON as Go writes it: no `<`, `>`, `&` and line separators in strings. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value);
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text;
}

const plain = /^[\w./: -]*$/;
/** JSON of a short text, most often one without anything to escape. */
export const quoted = (value: unknown): string => (typeof value === 'string' && plain.test(value) ? `"${value}"` : goJson(value));

export const valueElement = (value: unknown): string => `v:${quoted(value)}`;

/** `names` are sorted, `values` theirs. */
export function keyElement(names: readonly string[], values: readonly unknown[]): string {
  let text = 'k:{';
  for (let i = 0; i < names.length; i++) text += `${i === 0 ? '' : ','}${quoted(names[i])}:${quoted(values[i])}`;
  return `${text}}`;
}

/** The name of a field's step; undefined for other steps. */
export const fieldName = (element: string): string | undefined => (element.startsWith('f:') ? element.slice(2) : undefined);

const ranks: Record<string, number> = { '.': 0, f: 1, k: 2, v: 3, i: 4 };

/** The order in which sets are written: fields by name, then elements by their keys' values, set members, indices. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0;
  const kind = a[0] ?? '';
  const rank = (ranks[kind] ?? 5) - (ranks[b[0] ?? ''] ?? 5);
  if (rank !== 0) return rank;
  if (kind === 'i') return Number(a.slice(2)) - Number(b.slice(2));
  if (kind === 'f') return a < b ? -1 : 1;
  return kind === 'v' ? compareValues(parsed(a), parsed(b)) : compareKeys(parsed(a) as Json, parsed(b) as Json);
}

type Json = Record<string, unknown>;

/** What stands behind `k:` and `v:`: the same few from write to write. */
const values = new Map<string, unknown>();

function parsed(element: string): unknown {
  const found = values.get(element);
  if (found !== undefined) return found;
  const value: unknown = JSON.parse(element.slice(2));
  if (values.size > 4096) values.clear();
  values.set(element, value);
  return value;
}

function compareKeys(a: Json, b: Json): number {
  const left = Object.keys(a);
  const right = Object.keys(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [name, other] = [left[i] as string, right[i] as string];
    const order = name === other ? compareValues(a[name], b[name]) : name < other ? -1 : 1;
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const valueRanks: Record<string, number> = { number: 0, string: 1, boolean: 2 };

function compareValues(a: unknown, b: unknown): number {
  const rank = (valueRanks[typeof a] ?? 3) - (valueRanks[typeof b] ?? 3);
  if (rank !== 0) return rank;
  const [left, right] = typeof a === 'object' ? [goJson(a), goJson(b)] : [a as number, b as number];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** A step as messages show it: `.spec`, `[name="web"]`, `[="x"]`, `[0]`. */
export function showElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('i:')) return `[${rest}]`;
  if (element.startsWith('v:')) return `[=${goJson(JSON.parse(rest))}]`;
  const keys = Object.entries(JSON.parse(rest) as Json);
  return `[${keys.map(([name, value]) => `${name}=${goJson(value)}`).join(',')}]`;
}

export const showPath = (path: readonly string[]): string => path.map(showElement).join('');
