import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointSliceKind, endpointsKind, type Pod, podKind, serviceKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { endpointsController } from '../endpoints/controller.ts';
import { endpointSliceController } from './controller.ts';

const pod: Pod = {
  metadata: { name: 'web-1', namespace: 'd', labels: { app: 'web' } },
  spec: { nodeName: 'n1', containers: [] },
  status: { phase: 'Running', podIP: '10.244.0.5', conditions: [{ type: 'Ready', status: 'True' }] },
};

test('a ready pod of a service is an endpoint in both forms, until it is not', async () => {
  const { client, settle, stop } = await startControllers((context) => [endpointSliceController(context), endpointsController(context)]);
  await client.resource(serviceKind).create({
    metadata: { name: 'web', namespace: 'd', labels: { team: 'a' } },
    spec: { selector: { app: 'web' }, clusterIP: '10.96.0.7', ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] },
  });
  await client.resource(podKind).create(pod);
  await settle();
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
  const ref = { namespace: 'd', name: 'web' };
  assert.deepEqual((await client.resource(endpointsKind).get(ref)).subsets?.[0]?.ports, [{ port: 8080, protocol: 'TCP' }]);
  const writes = client.actions.length;
  await settle(60_000);
  assert.equal(client.actions.length, writes, 'nothing is written while nothing changes');
  await client.resource(podKind).delete({ namespace: 'd', name: 'web-1' });
  await settle();
  assert.deepEqual(
    (await client.resource(endpointSliceKind).list()).items.map((s) => s.endpoints.length),
    [0],
  );
  assert.deepEqual((await client.resource(endpointsKind).get(ref)).subsets, []);
  stop();
});
