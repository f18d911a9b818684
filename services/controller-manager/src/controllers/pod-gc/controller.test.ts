import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeKind, podKind } from '@t8s/api';
import type { FakeClient } from '@t8s/testkit';
import { startControllers } from '../../test-context.ts';
import { podGcController } from './controller.ts';

const names = async (client: FakeClient): Promise<(string | undefined)[]> =>
  (await client.resource(podKind).list()).items.map((p) => p.metadata.name).sort();

test('pods of a node that is gone go after the quarantine, others stay', async () => {
  const { client, settle, stop } = await startControllers((context) => [podGcController(context, 100)]);
  for (const name of ['n1', 'n2']) {
    await client.resource(nodeKind).create({ metadata: { name }, spec: {} });
    await client.resource(podKind).create({ metadata: { name: `on-${name}`, namespace: 'd' }, spec: { nodeName: name, containers: [] } });
  }
  await settle();
  await client.resource(nodeKind).delete({ name: 'n1' });
  await settle(30_000);
  assert.deepEqual(await names(client), ['on-n1', 'on-n2']);
  await settle(20_000);
  assert.deepEqual(await names(client), ['on-n2']);
  stop();
});

test('of too many finished pods the oldest go', async () => {
  const { client, settle, stop } = await startControllers((context) => [podGcController(context, 2)]);
  for (const day of [1, 2, 3, 4]) {
    await client.resource(podKind).create({
      metadata: { name: `p${day}`, namespace: 'd', creationTimestamp: `2025-01-0${day}T00:00:00Z` },
      spec: { containers: [] },
      status: { phase: 'Succeeded' },
    });
  }
  await settle();
  assert.deepEqual(await names(client), ['p3', 'p4']);
  stop();
});
