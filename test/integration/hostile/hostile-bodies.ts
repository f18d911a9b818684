/** Bodies of writes: documents of each kind with something wrong, and what no document is. */

import type { Random } from '@t8s/testkit';
import { stringify } from 'yaml';
import { hostileName, hostileText, hostileValue, nested } from './hostile-values.ts';
import { damaged, mutated } from './mutate.ts';

export interface HostileBody {
  contentType: string;
  bytes: Buffer;
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? 'undefined');

/** A body for a create or an update. */
export function hostileBody(random: Random, document: object): HostileBody {
  const choice = random.fraction();
  if (choice < 0.62) return { contentType: 'application/json', bytes: json(mutated(random, document)) };
  if (choice < 0.72) return { contentType: 'application/json', bytes: damaged(random, json(document)) };
  if (choice < 0.82) return { contentType: 'application/yaml', bytes: yaml(random, document) };
  if (choice < 0.87) return { contentType: 'application/vnd.kubernetes.protobuf', bytes: protobuf(random) };
  if (choice < 0.9) return { contentType: contentType(random), bytes: json(document) };
  if (choice < 0.93) return { contentType: 'application/json', bytes: json(hostileValue(random)) };
  return { contentType: 'application/json', bytes: strange(random) };
}

const patchTypes = ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml'] as const;

/** A patch of any type. */
export function hostilePatch(random: Random, document: object): HostileBody {
  const type = random.of(patchTypes);
  const contentType = `application/${type}`;
  if (random.isIn(0.08)) return { contentType, bytes: strange(random) };
  const whole = mutated(random, document);
  if (random.isIn(0.08)) return { contentType, bytes: damaged(random, json(whole)) };
  if (type === 'json-patch+json') return { contentType, bytes: json(operations(random, document)) };
  if (type === 'apply-patch+yaml' && random.isIn(0.3)) return { contentType, bytes: yaml(random, document) };
  return { contentType, bytes: json(random.isIn(0.3) ? hostileValue(random) : whole) };
}

function operations(random: Random, document: object): unknown {
  const pointers = pointersOf(document);
  const pointer = (): string => {
    const known = random.of(pointers);
    const choice = random.fraction();
    if (choice < 0.5) return known;
    if (choice < 0.7) return `${known}/${random.of(['-', '0', '-1', '01', '99999999999', '~2', '~0~1', '__proto__', ''])}`;
    return choice < 0.9 ? `${known}/${hostileName(random)}` : hostileText(random);
  };
  const list = Array.from({ length: 1 + random.below(4) }, () => ({
    op: random.of(['add', 'replace', 'remove', 'test', 'move', 'copy', 'copy', 'ADD', 'nothing']),
    path: pointer(),
    ...(random.isIn(0.8) && { value: hostileValue(random) }),
    ...(random.isIn(0.4) && { from: pointer() }),
  }));
  return random.isIn(0.9) ? list : mutated(random, list);
}

function pointersOf(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, inner]) => pointersOf(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)),
  ];
}

function yaml(random: Random, document: object): Buffer {
  const choice = random.fraction();
  if (choice < 0.5) return Buffer.from(stringify(mutated(random, document)));
  if (choice < 0.8) return damaged(random, Buffer.from(stringify(document)));
  return Buffer.from(random.of(yamls));
}

/** Aliases that multiply, cycles, tags, several documents, directives. */
const yamls = [
  Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? 'x'
          : Array(9)
              .fill(`*a${i - 1}`)
              .join(', ')
      }]`,
  ).join('\n'),
  `metadata: &m\n  name: x\n  annotations: *m\n`,
  `kind: !!binary abc\nmetadata: !!js/function 'x'\n`,
  '---\nkind: Pod\n---\nkind: ConfigMap\n',
  '%YAML 9.9\n---\nkind: x\n',
  '? [a, b]\n: c\n? {a: b}\n: d\n',
  '<<: {kind: Pod}\n<<: [1, 2]\nmetadata: {<<: *nothing}\n',
  `${'- '.repeat(3000)}x\n`,
  `{${'['.repeat(3000)}\n`,
  'a: |\n\tb\n c\n',
  '\u0085\u2028: \u2029\n',
];

function protobuf(random: Random): Buffer {
  const inner = Buffer.from(Array.from({ length: random.below(60) }, () => random.below(256)));
  return random.isIn(0.8) ? Buffer.concat([Buffer.from('k8s\0'), inner]) : inner;
}

const contentType = (random: Random): string =>
  random.of([
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'application/json, application/yaml',
    ';',
    '*/*',
    'APPLICATION/JSON',
    'application/apply-patch+json',
    'multipart/form-data; boundary=x',
    'x'.repeat(2000),
  ]);

function strange(random: Random): Buffer {
  // Larger than what is read, and just as large.
  if (random.isIn(0.01)) return Buffer.from(`{"a":"${'x'.repeat(3 * 1024 * 1024 - (random.isIn(0.5) ? 0 : 8))}"}`);
  switch (random.below(9)) {
    case 0:
      return Buffer.alloc(0);
    case 1:
      return Buffer.from(nested(random, random.of([50, 999, 1001, 20_000])));
    case 2:
      return Buffer.from(`{"metadata":${nested(random, 500)}}`);
    case 3:
      return Buffer.from(`{${Array.from({ length: 2000 }, (_, i) => `"k${i % 1000}":${i}`).join(',')}}`);
    case 4:
      return Buffer.from(Array.from({ length: random.below(100) }, () => random.below(256)));
    case 5:
      return Buffer.from('\ufeff{"kind":"Pod"}');
    case 6:
      return Buffer.from(`{"metadata":{"name":"x"},"n":${'9'.repeat(400)}}`);
    case 7:
      return Buffer.from(`{"metadata":{"labels":{${Array.from({ length: 300 }, (_, i) => `"l${i}":"${'v'.repeat(70)}"`).join(',')}}}}`);
    default:
      return Buffer.from('{"a":1}{"b":2}');
  }
}
