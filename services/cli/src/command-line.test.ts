import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstArgument, readLine } from './command-line.ts';
import type { Flag } from './commands/verb.ts';

const flags: Flag[] = [
  { name: 'watch', short: 'w', type: 'boolean', default: false, help: '' },
  { name: 'all', short: 'A', type: 'boolean', help: '' },
  { name: 'output', short: 'o', type: 'string', help: '' },
  { name: 'replicas', short: 'r', type: 'number', default: 1, help: '' },
  { name: 'filename', short: 'f', type: 'strings', help: '' },
  { name: 'from-literal', type: 'texts', help: '' },
  { name: 'dry-run', type: 'optional', implied: 'unchanged', default: 'none', help: '' },
  { name: 'timeout', type: 'duration', default: '1m', help: '' },
];
const read = (line: string): Record<string, unknown> => {
  const { values, args, rest } = readLine(line.split(' '), flags);
  return { ...Object.fromEntries([...values].filter(([name, value]) => value !== readLine([], flags).values.get(name))), args, rest };
};
const wrong = (line: string): string => {
  try {
    return JSON.stringify(read(line));
  } catch (error) {
    return (error as Error).message;
  }
};

test('flags in every spelling, between and after arguments', () => {
  assert.deepEqual(read('pods -wAojson x'), { watch: true, all: true, output: 'json', args: ['pods', 'x'], rest: undefined });
  assert.deepEqual(read('-o=yaml --watch=false -r 3 -- -w'), { output: 'yaml', replicas: 3, args: [], rest: ['-w'] });
  assert.deepEqual(read('-f a,b -f - --from-literal a=b,c --dry_run --timeout 1m30s'), {
    filename: ['a', 'b', '-'],
    'from-literal': ['a=b,c'],
    'dry-run': 'unchanged',
    timeout: 90_000,
    args: [],
    rest: undefined,
  });
});

test('what is wrong is said as pflag says it', () => {
  assert.equal(wrong('--nope'), 'unknown flag: --nope');
  assert.equal(wrong('-wzo'), "unknown shorthand flag: 'z' in -zo");
  assert.equal(wrong('-wo'), "flag needs an argument: 'o' in -o");
  assert.equal(wrong('--output'), 'flag needs an argument: --output');
  assert.equal(wrong('--=x'), 'bad flag syntax: --=x');
  assert.equal(wrong('-r x'), 'invalid argument "x" for "-r, --replicas" flag: strconv.ParseInt: parsing "x": invalid syntax');
  assert.equal(
    wrong('--watch=maybe'),
    'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  );
  assert.equal(wrong('--timeout=x'), 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"');
});

test('the first argument is found behind flags and their values', () => {
  assert.equal(firstArgument(['-o', 'json', '--watch', 'get'], flags), 3);
  assert.equal(firstArgument(['--unknown', 'value', '-Af', 'x', 'get'], flags), 3);
  assert.equal(firstArgument(['-w', '--', 'get'], flags), -1);
});
