import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointSliceKind, endpointsKind, eventKind, nodeKind, type Pod, podKind, serviceKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { endpointsController } from '../endpoints/controller.ts';
import { endpointSliceController } from './controller.ts';

const pod: Pod = {
  metadata: { name: 'web-1', namespace: 'd', labels: { app: 'web' } },
  spec: { nodeName: 'n1', containers: [] },
  status: {
    phase: 'Running',
    podIP: '10.244.0.5',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:07Z' }],
  },
};

test('a ready pod of a service is an endpoint in both forms, until it is not', async () => {
  const { client, settle, stop } = await startControllers((context) => [
    endpointSliceController(context, { maxEndpoints: 100, batchPeriod: 0 }),
    endpointsController(context, { batchPeriod: 0 }),
  ]);
  await client.resource(nodeKind).create({ metadata: { name: 'n1' }, spec: {} });
  await client.resource(serviceKind).create({
    metadata: { name: 'web', namespace: 'd', labels: { team: 'a' } },
    spec: { selector: { app: 'web' }, clusterIP: '10.96.0.7', ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] },
  });
  await client.resource(podKind).create(pod);
  await settle();
  assert.equal(client.actions.filter(({ verb, resource }) => verb === 'create' && resource === 'endpointslices').length, 1);
  const [slice] = (await client.resource(endpointSliceKind).list()).items;
  assert.deepEqual(
    slice?.endpoints.map((e) => e.addresses),
    [['10.244.0.5']],
  );
  assert.deepEqual(slice?.metadata.labels, {
    team: 'a',
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  });
  assert.deepEqual(
    slice?.metadata.ownerReferences?.map(({ kind, name, controller }) => [kind, name, controller]),
    [['Service', 'web', true]],
  );
  assert.equal(slice?.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'], '2025-01-01T00:00:07Z');
  const ref = { namespace: 'd', name: 'web' };
  assert.deepEqual((await client.resource(endpointsKind).get(ref)).subsets?.[0]?.ports, [{ port: 8080, protocol: 'TCP' }]);
  const writes = client.actions.length;
  await settle(60_000);
  assert.equal(client.actions.length, writes, 'nothing is written while nothing changes');
  await client
    .resource(nodeKind)
    .patch({ name: 'n1' }, { type: 'merge', body: { metadata: { labels: { 'topology.kubernetes.io/zone': 'z' } } } });
  await settle();
  assert.equal((await client.resource(endpointSliceKind).list()).items[0]?.endpoints[0]?.zone, 'z');
  await client.resource(podKind).delete({ namespace: 'd', name: 'web-1' });
  await settle();
  assert.deepEqual(
    (await client.resource(endpointSliceKind).list()).items.map((s) => s.endpoints.length),
    [0],
  );
  assert.deepEqual((await client.resource(endpointsKind).get(ref)).subsets, []);
  stop();
});

test('a slice is not made twice while the cache is late', async () => {
  const { client, settle, stop } = await startControllers((context) => [
    endpointSliceController(context, { maxEndpoints: 2, batchPeriod: 500 }),
  ]);
  const service = { metadata: { name: 'web', namespace: 'd' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
  await client.resource(serviceKind).create(service);
  for (let i = 0; i < 7; i++) {
    const { nodeName: _, ...spec } = pod.spec;
    await client.resource(podKind).create({ ...pod, metadata: { ...pod.metadata, name: `web-${i}` }, spec });
  }
  await settle(5000);
  const { items } = await client.resource(endpointSliceKind).list();
  assert.deepEqual(items.map((slice) => slice.endpoints.length).sort(), [1, 2, 2, 2]);
  const made = client.actions.filter(({ verb, resource }) => verb === 'create' && resource === 'endpointslices');
  assert.equal(made.length, 4);
  stop();
});

test('topology-mode Auto: hints as long as it is asked for, and told when it begins and ends', async () => {
  const { client, settle, stop } = await startControllers((context) => [
    endpointSliceController(context, { maxEndpoints: 100, batchPeriod: 0 }),
  ]);
  for (const zone of ['a', 'b']) {
    const status = { allocatable: { cpu: '2' }, conditions: [{ type: 'Ready', status: 'True' }] };
    const metadata = { name: zone, labels: { 'topology.kubernetes.io/zone': zone } };
    await client.resource(nodeKind).create({ metadata, spec: {}, status });
  }
  const mode = 'service.kubernetes.io/topology-mode';
  await client.resource(serviceKind).create({
    metadata: { name: 'web', namespace: 'd', annotations: { [mode]: 'Auto' } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  const add = (name: string): Promise<Pod> =>
    client.resource(podKind).create({ ...pod, metadata: { ...pod.metadata, name }, spec: { nodeName: 'a', containers: [] } });
  const hints = async (): Promise<unknown> =>
    (await client.resource(endpointSliceKind).list()).items.flatMap((s) => s.endpoints.map((e) => e.hints?.forZones?.[0]?.name));
  await add('web-1');
  await settle();
  assert.deepEqual(await hints(), [undefined]);
  await add('web-2');
  await settle();
  assert.deepEqual(await hints(), ['b', 'a']);
  await client
    .resource(serviceKind)
    .patch({ namespace: 'd', name: 'web' }, { type: 'merge', body: { metadata: { annotations: { [mode]: null } } } });
  await settle();
  assert.deepEqual(await hints(), [undefined, undefined]);
  const said = (await client.resource(eventKind).list()).items.map((e) => `${e.type} ${e.reason} ${e.message}`);
  assert.deepEqual(said.slice(-3), [
    'Warning TopologyAwareHintsDisabled Insufficient number of endpoints (1 endpoints, 2 zones), addressType: IPv4',
    'Normal TopologyAwareHintsEnabled Topology Aware Hints has been enabled, addressType: IPv4',
    'Warning TopologyAwareHintsDisabled Topology Aware Hints has been disabled, addressType: IPv4',
  ]);
  stop();
});
