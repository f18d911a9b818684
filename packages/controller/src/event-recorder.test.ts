import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CoreEvent, eventKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { ConnectionError } from '@t8s/client';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { EventRecorder } from './event-recorder.ts';

const podNamed = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'd', uid: name } });
const pod = podNamed('web');

function setup(): { clock: FakeClock; client: FakeClient; events: EventRecorder; written: () => Promise<CoreEvent[]> } {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const events = new EventRecorder({ client, component: 'c', host: 'n1', log: silentLogger, clock });
  const written = async (): Promise<CoreEvent[]> => {
    await events.flush();
    return (await client.resource(eventKind).list()).items;
  };
  return { clock, client, events, written };
}

test('a repeat counts up in place, another message is another event', async () => {
  const { clock, events, written } = setup();
  events.event(pod, 'Normal', 'Pulled', 'one');
  await clock.advance(1000);
  events.event(pod, 'Normal', 'Pulled', 'one');
  events.event(pod, 'Warning', 'Failed', 'two');
  const items = await written();
  assert.deepEqual(
    items.map((e) => [e.reason, e.message, e.count, e.source, e.reportingComponent, e.reportingInstance]),
    [
      ['Pulled', 'one', 2, { component: 'c', host: 'n1' }, 'c', 'n1'],
      ['Failed', 'two', 1, { component: 'c', host: 'n1' }, 'c', 'n1'],
    ],
  );
  assert.notEqual(items[0]?.firstTimestamp, items[0]?.lastTimestamp);
  assert.match(items[0]?.metadata.name ?? '', /^web\.[0-9a-f]{16}$/);
});

test('the tenth message of a kind in ten minutes and those after it become one event', async () => {
  const { events, written } = setup();
  for (let i = 1; i <= 12; i++) events.event(pod, 'Warning', 'Unhealthy', `probe ${i}`);
  const items = await written();
  assert.equal(items.length, 10);
  assert.deepEqual([items[9]?.message, items[9]?.count], ['(combined from similar events): probe 12', 3]);
});

test('after 25 events an object is silenced, one more every five minutes; others are not', async () => {
  const { clock, events, written } = setup();
  for (let i = 0; i < 100; i++) events.event(pod, 'Normal', `Flood${i}`, 'x');
  events.event(podNamed('quiet'), 'Normal', 'Pulled', 'x');
  assert.equal((await written()).length, 26);
  await clock.advance(300_000);
  for (let i = 0; i < 5; i++) events.event(pod, 'Normal', `Later${i}`, 'x');
  assert.equal((await written()).length, 27);
});

test('with the apiserver away events wait for it; an event that has expired is written anew with its count', async () => {
  const { clock, client, events, written } = setup();
  let isAway = true;
  client.onAction(({ resource }) => {
    if (isAway && resource === 'events') throw new ConnectionError('refused', { cause: undefined });
  });
  events.event(pod, 'Normal', 'Pulled', 'one');
  await clock.advance(15_000);
  isAway = false;
  await clock.advance(10_000);
  const [first] = await written();
  assert.equal(first?.count, 1);
  await client.resource(eventKind).delete({ namespace: 'd', name: first?.metadata.name ?? '' });
  events.event(pod, 'Normal', 'Pulled', 'one');
  assert.deepEqual(
    (await written()).map(({ count }) => count),
    [2],
  );
});
