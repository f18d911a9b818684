import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, nodeKind } from '@t8s/api';
import { FakeClient } from '@t8s/testkit';
import { startControllers } from '../../test-context.ts';
import { nodeIpamController } from './controller.ts';

test('each node gets a range nobody has, also after a restart', async () => {
  const client = new FakeClient();
  const taken = { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] };
  await client.resource(nodeKind).create({ metadata: { name: 'new' }, spec: {} });
  await client.resource(nodeKind).create({ metadata: { name: 'old' }, spec: taken });
  const { settle, stop } = await startControllers(
    (context) => [nodeIpamController(context, { clusterCidr: '10.244.0.0/16', nodeMask: 24 })],
    { client },
  );
  await settle();
  const { spec } = await client.resource(nodeKind).get({ name: 'new' });
  assert.deepEqual([spec.podCIDR, spec.podCIDRs], ['10.244.1.0/24', ['10.244.1.0/24']]);
  stop();
});

test('an answer that got lost costs no range and gives none twice; who found none left gets what another leaves', async () => {
  const client = new FakeClient();
  const nodes = client.resource(nodeKind);
  let lost = 0;
  client.onAction(({ verb, name, object }) => {
    if (verb !== 'patch' || lost > 0) return;
    lost += 1;
    // It is written all the same.
    void nodes.patch({ name: name ?? '' }, { type: 'merge', body: object ?? {} });
    throw new Error('the connection broke');
  });
  const { settle, stop } = await startControllers(
    (context) => [nodeIpamController(context, { clusterCidr: '10.244.0.0/23', nodeMask: 24 })],
    { client },
  );
  for (const name of ['a', 'b', 'c']) await nodes.create({ metadata: { name }, spec: {} });
  await settle(10_000);
  const ranges = async (): Promise<(string | undefined)[]> => (await nodes.list()).items.map(({ spec }) => spec.podCIDR);
  assert.deepEqual([lost, await ranges()], [1, ['10.244.0.0/24', '10.244.1.0/24', undefined]]);
  const [event] = (await client.resource(eventKind).list()).items;
  assert.deepEqual([event?.reason, event?.message], ['CIDRNotAvailable', 'Node c status is now: CIDRNotAvailable']);
  await nodes.delete({ name: 'a' });
  await settle();
  assert.deepEqual(await ranges(), ['10.244.1.0/24', '10.244.0.0/24']);
  stop();
});
