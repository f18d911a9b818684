import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FlagSpec, parseDuration, parseFlags } from './flags.ts';
import { UsageError } from './main.ts';

const specs = {
  kubeconfig: { type: 'string', required: true, help: '' },
  'leader-elect': { type: 'boolean', default: true, help: '' },
  period: { type: 'duration', default: '40s', help: '' },
  'etcd-servers': { type: 'strings', default: [], help: '' },
  'root-ca-file': { type: 'file', help: '' },
  v: { type: 'number', default: 0, help: '' },
} as const satisfies Record<string, FlagSpec>;

test("flags read as upstream's do", () => {
  const flags = parseFlags('x', specs, ['--kubeconfig=/a', '--leader-elect=false', '--etcd-servers=a,b', '--etcd-servers', 'c', '-v', '2']);
  assert.deepEqual(
    { ...flags },
    { kubeconfig: '/a', 'leader-elect': false, period: 40_000, 'etcd-servers': ['a', 'b', 'c'], 'root-ca-file': undefined, v: 2 },
  );
});

test('a wrong flag is a usage error that names it', () => {
  const cases: [string[], RegExp][] = [
    [[], /--kubeconfig is required/],
    [['--kubeconfig=a', '--perod=1s'], /--perod/],
    [['--kubeconfig=a', '--period=fast'], /--period wants a duration/],
    [['--kubeconfig=a', '--v=many'], /--v wants a number/],
    [['--kubeconfig=a', '--root-ca-file=/nowhere'], /^--root-ca-file: cannot read \/nowhere: ENOENT$/],
  ];
  for (const [args, message] of cases)
    assert.throws(
      () => parseFlags('x', specs, args),
      (e) => e instanceof UsageError && message.test(e.message),
    );
});

test('durations', () => {
  assert.equal(parseDuration('1m30s'), 90_000);
  assert.equal(parseDuration('500ms'), 500);
  assert.equal(parseDuration('1.5h'), 5_400_000);
  assert.equal(parseDuration('90'), undefined);
});
