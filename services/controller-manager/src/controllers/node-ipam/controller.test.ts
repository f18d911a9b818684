import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeKind } from '@t8s/api';
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
