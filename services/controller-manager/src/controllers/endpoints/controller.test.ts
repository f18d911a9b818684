import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsKind, type Pod, podKind, type Service, serviceKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { startControllers } from '../../test-context.ts';
import { endpointsController } from './controller.ts';

const ref = { namespace: 'd', name: 'web' };
const service: Service = { metadata: ref, spec: { selector: { app: 'web' }, clusterIP: 'None', ports: [{ port: 80, targetPort: 8080 }] } };
const pod = (name: string, ip: string, ready: string): Pod => ({
  metadata: { name, namespace: 'd', labels: { app: 'web' } },
  spec: { nodeName: 'n1', containers: [] },
  status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: ready }] },
});

test('follows its pods, writes only what changed, and goes with the service', async () => {
  const { client, settle, stop } = await startControllers((context) => [endpointsController(context, { batchPeriod: 0 })]);
  await client.resource(serviceKind).create(service);
  for (const p of [pod('a', '10.0.0.1', 'True'), pod('b', '10.0.0.2', 'False')]) await client.resource(podKind).create(p);
  await settle();
  const { subsets = [], metadata } = await client.resource(endpointsKind).get(ref);
  assert.deepEqual(
    [subsets[0]?.addresses?.[0]?.ip, subsets[0]?.notReadyAddresses?.[0]?.ip, subsets[0]?.ports],
    ['10.0.0.1', '10.0.0.2', [{ port: 8080, protocol: 'TCP' }]],
  );
  assert.equal(metadata.labels?.['service.kubernetes.io/headless'], '');
  const writes = client.actions.length;
  await client.resource(podKind).patch({ namespace: 'd', name: 'a' }, { type: 'merge', body: { metadata: { annotations: { a: 'b' } } } });
  await settle();
  assert.equal(client.actions.length, writes + 1, 'an annotation of a pod is none of our business');
  await client.resource(serviceKind).delete(ref);
  await settle();
  await assert.rejects(client.resource(endpointsKind).get(ref), (error) => isStatus(error, 'NotFound'));
  stop();
});
