import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind, podKind, secretKind, serviceAccountKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { formatTime } from '@t8s/meta';
import { FakeClient } from '@t8s/testkit';
import { startControllers } from '../../test-context.ts';
import { legacyTokenCleaner } from './controller.ts';

const day = 86_400_000;
const year = 365 * day;

test('a generated token that nobody uses for a year is marked, and goes after another', async () => {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const date = (ms: number): string => formatTime(clock.now() + ms).slice(0, 10);
  const creationTimestamp = formatTime(clock.now() - 2 * year);
  const annotations = { 'kubernetes.io/service-account.name': 'robot' };
  const labels: Record<string, Record<string, string>> = {
    unused: {},
    longago: { 'kubernetes.io/legacy-token-last-used': date(-year - 2 * day) },
    lately: { 'kubernetes.io/legacy-token-last-used': date(-10 * day) },
    mounted: {},
    'asked-for': {},
    due: { 'kubernetes.io/legacy-token-invalid-since': date(-year - 2 * day) },
  };
  const secrets = client.resource(secretKind);
  for (const [name, own] of Object.entries(labels))
    await secrets.create({
      metadata: { namespace: 'd', name, creationTimestamp, annotations, labels: own },
      type: 'kubernetes.io/service-account-token',
    });
  const refs = Object.keys(labels).filter((name) => name !== 'asked-for');
  await client
    .resource(serviceAccountKind)
    .create({ metadata: { namespace: 'd', name: 'robot' }, secrets: refs.map((name) => ({ name })) });
  const volumes = [{ name: 'v', secret: { secretName: 'mounted' } }];
  await client.resource(podKind).create({ metadata: { namespace: 'd', name: 'p' }, spec: { containers: [], volumes } });
  const state = async (): Promise<object> =>
    Object.fromEntries(
      (await secrets.list()).items.map(({ metadata: { name, labels: own } }) => [name, own?.['kubernetes.io/legacy-token-invalid-since']]),
    );
  const before = await state();
  const { settle, stop } = await startControllers((context) => [legacyTokenCleaner(context, year)], { clock, client });
  assert.deepEqual(await state(), before, 'nobody has noted yet who uses what');
  const since = { metadata: { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' } };
  await client.resource(configMapKind).create({ ...since, data: { since: date(-2 * year) } });
  await settle(day);
  const { due: _, ...left } = before as Record<string, unknown>;
  assert.deepEqual(await state(), { ...left, unused: date(0), longago: date(0) });
  stop();
});
