import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { EventRecorder } from './event-recorder.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'd', uid: 'u' } };

test('repeats count up, another message is another event, floods end', async () => {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const events = new EventRecorder({ client, component: 'c', host: 'n1', log: silentLogger, clock });
  events.event(pod, 'Normal', 'Pulled', 'one');
  await clock.advance(1000);
  events.event(pod, 'Normal', 'Pulled', 'one');
  events.event(pod, 'Warning', 'Failed', 'two');
  await events.flush();
  const { items } = await client.resource(eventKind).list();
  assert.deepEqual(
    items.map((e) => [e.reason, e.message, e.count, e.source?.host]),
    [
      ['Pulled', 'one', 2, 'n1'],
      ['Failed', 'two', 1, 'n1'],
    ],
  );
  assert.notEqual(items[0]?.firstTimestamp, items[0]?.lastTimestamp);
  for (let i = 0; i < 100; i++) events.event(pod, 'Normal', 'Flood', String(i));
  await events.flush();
  assert.equal((await client.resource(eventKind).list()).items.length, 24, '25 in a burst, three of which were used on two events');
});
