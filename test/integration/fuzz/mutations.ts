/** Bodies with something wrong in them: a tree with strange values, a text with broken bytes. */
import type { Random } from '@t8s/testkit';

type Tree = Record<string, unknown> | unknown[];
type Place = { parent: Tree; key: string | number };

const strange: readonly [unknown, ...unknown[]] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  -(2 ** 63),
  1e300,
  '',
  ' ',
  'x',
  '%s%n',
  '../..',
  'a'.repeat(300),
  'é\u0000\u202e',
  '\ud800',
  '1e9999',
  '-5Gi',
  '10%',
  '2026-02-30T25:61:00Z',
  'AAAA=',
  '::ffff:1.2.3.4',
  '10.0.0.0/99',
  '{{.}}',
  '((((((((((a+)+)+)+)+)+)+)+)+)+$',
  [],
  [null],
  [[]],
  ['a', 'a'],
  {},
  { '': '' },
  { a: { a: { a: {} } } },
  { matchLabels: { 'a/b/c': 'd' } },
  { $patch: 'replace' },
  { $patch: 'delete', name: 'x' },
  { $retainKeys: ['a'] },
];
const keys: readonly [string, ...string[]] = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'x',
  'a.b/c',
  '$patch',
  '$setElementOrder/containers',
  '$deleteFromPrimitiveList/finalizers',
];

/** A copy of the object with one to three places changed. */
export function mutatedTree(random: Random, original: object): object {
  const copy = structuredClone(original) as Record<string, unknown>;
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const places = placesIn(copy);
    const [first, ...rest] = places;
    if (!first) break;
    change(random, random.of([first, ...rest]), places);
  }
  return copy;
}

/** All places of a tree but the names that lead to it: without those nothing is looked at. */
function placesIn(tree: Tree, places: Place[] = []): Place[] {
  for (const [key, value] of Object.entries(tree)) {
    if (!['apiVersion', 'kind'].includes(key)) places.push({ parent: tree, key });
    if (typeof value === 'object' && value !== null) placesIn(value as Tree, places);
  }
  return places;
}

function change(random: Random, { parent, key }: Place, places: readonly Place[]): void {
  const at = parent as Record<string, unknown>;
  const other = places[random.below(places.length)];
  const acts: readonly [() => void, ...(() => void)[]] = [
    () => set(at, key, structuredClone(random.of(strange))),
    () => set(at, key, structuredClone(random.of(strange))),
    () => void delete at[key],
    () => set(at, random.of(keys), structuredClone(random.of(strange))),
    () => set(at, key, [at[key], at[key]]),
    () => set(at, key, { [random.of(keys)]: at[key] }),
    () => set(at, key, JSON.stringify(at[key] ?? null)),
    () => set(at, key, structuredClone(other && (other.parent as Record<string, unknown>)[other.key])),
  ];
  random.of(acts)();
}

/** Also where the key is one that JavaScript knows. */
function set(at: Record<string, unknown>, key: string | number, value: unknown): void {
  Object.defineProperty(at, key, { value, enumerable: true, configurable: true, writable: true });
}

const tokens: readonly [string, ...string[]] = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\\u00',
  '\n',
  '\t',
  '&a *a',
  '<<: ',
  '- ',
  '\0',
  '1e',
  '\xff',
];

/** A text with bytes lost, doubled, exchanged or put in. */
export function mutatedText(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text);
  const at = random.below(bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const acts: readonly [() => Buffer, ...(() => Buffer)[]] = [
    () => before,
    () => Buffer.concat([before, after.subarray(1 + random.below(8))]),
    () => Buffer.concat([before, Buffer.from(random.of(tokens), 'latin1'), after]),
    () => Buffer.concat([before, after.subarray(0, 40), after]),
    () => Buffer.concat([before, Buffer.from([random.below(256)]), after.subarray(1)]),
  ];
  return random.of(acts)();
}
