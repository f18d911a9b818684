import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { Expectations } from './expectations.ts';

const pod = (uid: string, deletionTimestamp?: string): Pod => ({
  metadata: { name: uid, uid, ...(deletionTimestamp && { deletionTimestamp }) },
  spec: { containers: [] },
});

test('a key waits for each creation and deletion of its own', () => {
  const expectations = new Expectations(new FakeClock());
  expectations.expect('a', 'created', '1');
  expectations.expect('a', 'deleted', '2');
  assert.equal(expectations.satisfied('b'), true);
  expectations.observe(pod('1'), false);
  expectations.observe(pod('2'), false);
  assert.equal(expectations.satisfied('a'), false, 'an update of a pod that is not going is no deletion');
  expectations.observe(pod('2', '2025-01-01T00:00:00Z'), false);
  assert.equal(expectations.satisfied('a'), true);
});

test('a lost event blocks for five minutes only', async () => {
  const clock = new FakeClock();
  const expectations = new Expectations(clock);
  expectations.expect('a', 'created', '1');
  await clock.advance(5 * 60_000);
  assert.equal(expectations.satisfied('a'), false);
  await clock.advance(1);
  assert.equal(expectations.satisfied('a'), true);
});
