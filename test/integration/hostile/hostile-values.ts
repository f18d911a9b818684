/** Values that programs trip over. */
import type { Random } from '@t8s/testkit';

const texts = [
  '',
  ' ',
  '\0',
  '\n',
  '\ufeff',
  '\ud800',
  '😀',
  'é',
  'null',
  'true',
  'NaN',
  '-1',
  '0x10',
  '1e309',
  '9223372036854775808',
  '99999999999999999999999999',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../etc/passwd',
  '%00',
  '%zz',
  '$(x)',
  '{{',
  'a'.repeat(64),
  'A_B.c',
  '-a',
  'a..b',
  'x/y/z',
  '/',
  ',',
  '=',
  '!',
  'in (',
  'a in (a,b',
  '=='.repeat(50),
  '.'.repeat(300),
  'x'.repeat(5000),
  '10Ei',
  '1e1000',
  '0.0000000000000000001',
  '2026-01-01T00:00:00Z',
  '2026-13-45T99:99:99Z',
  '1.2.3.4',
  '1.2.3.4.5',
  'fe80::1%eth0',
  '::ffff:1.2.3.4',
  '10.0.0.0/33',
  'http://[::1',
  '*',
  '^(a+)+$',
  '"',
  '\\',
  "'",
];

const scalars: readonly unknown[] = [null, true, false, 0, -0, -1, 1, 0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e308, -1e-308];

/** Names of fields that mean something somewhere. */
const names = [
  '$patch',
  '$retainKeys',
  '$setElementOrder/containers',
  '$setElementOrder/finalizers',
  '$deleteFromPrimitiveList/finalizers',
  '__proto__',
  'constructor',
  'metadata',
  'managedFields',
  'name',
  'namespace',
  'finalizers',
  'ownerReferences',
  'deletionTimestamp',
  'resourceVersion',
  'spec',
  'status',
  'apiVersion',
  'kind',
  'f:metadata',
  '',
];

export const hostileText = (random: Random): string => (random.isIn(0.1) ? random.of(texts) + random.of(texts) : random.of(texts));
export const hostileName = (random: Random): string => (random.isIn(0.7) ? random.of(names) : hostileText(random));

/** Some JSON, most often small. */
export function hostileValue(random: Random, depth = 0): unknown {
  const choice = random.fraction();
  if (choice < 0.4) return random.of(scalars);
  if (choice < 0.7 || depth > 3) return hostileText(random);
  if (choice < 0.85) return Array.from({ length: random.below(4) }, () => hostileValue(random, depth + 1));
  return Object.fromEntries(Array.from({ length: random.below(4) }, () => [hostileName(random), hostileValue(random, depth + 1)]));
}

/** `[[[…` or `{"a":{"a":…`, closed or not. */
export function nested(random: Random, depth: number): string {
  const isList = random.isIn(0.5);
  const close = random.isIn(0.8) ? (isList ? ']' : '}').repeat(depth) : '';
  return (isList ? '[' : '{"a":').repeat(depth) + (isList ? '' : '1') + close;
}
