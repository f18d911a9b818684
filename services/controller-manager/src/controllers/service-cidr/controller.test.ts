import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipAddressKind, serviceCidrKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { serviceCidrController } from './controller.ts';

test('a range is ready, and goes when every address it holds is gone or in another range', async () => {
  const { client, settle, stop } = await startControllers((context) => [serviceCidrController(context)]);
  const ranges = client.resource(serviceCidrKind);
  const create = (name: string, cidr: string): Promise<unknown> => ranges.create({ metadata: { name }, spec: { cidrs: [cidr] } });
  const said = async (name: string): Promise<unknown> =>
    (await ranges.get({ name })).status?.conditions?.map(({ type, status, reason }) => [type, status, reason]);
  const address = (name: string, labels = {}): Promise<unknown> =>
    client.resource(ipAddressKind).create({ metadata: { name, labels }, spec: { parentRef: { resource: 'services', name: 's' } } });
  await create('small', '203.0.113.0/24');
  await settle();
  assert.deepEqual((await ranges.get({ name: 'small' })).metadata.finalizers, ['networking.k8s.io/service-cidr-finalizer']);
  assert.deepEqual(await said('small'), [['Ready', 'True', '']]);
  await address('203.0.113.9');
  await address('203.0.113.10', { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' });
  await ranges.delete({ name: 'small' });
  await settle(20_000);
  assert.deepEqual(await said('small'), [['Ready', 'False', 'Terminating']]);
  await create('large', '203.0.112.0/23');
  await settle(11_000);
  assert.deepEqual(
    (await ranges.list()).items.map((one) => one.metadata.name),
    ['large'],
  );
  stop();
});
