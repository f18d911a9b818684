import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pod, replicaSetKind, serviceKind } from '@t8s/api';
import { InformerSet } from '@t8s/informer';
import { silentLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';
import { testPod } from '../test-objects.ts';
import { Workloads } from './workloads.ts';

test('a pod is selected by its services and its controller together; changes are told, once each', async () => {
  const client = new FakeClient();
  const abort = new AbortController();
  let changes = 0;
  const informers = new InformerSet({ client, log: silentLogger });
  const workloads = new Workloads({ informers, changed: () => changes++ });
  const running = informers.run(abort.signal);
  await informers.synced();
  const pod: Pod = testPod({ labels: { app: 'web', hash: '1' } });
  const text = (): string => workloads.selectorOf(pod).toString();
  assert.equal(text(), '');

  const metadata = { namespace: 'default', name: 'web' };
  const service = await client.resource(serviceKind).create({ metadata, spec: { selector: { app: 'web' } } });
  await client.resource(serviceKind).create({ metadata: { namespace: 'default', name: 'all' }, spec: {} });
  await client.resource(serviceKind).create({ metadata: { namespace: 'other', name: 'web' }, spec: { selector: { hash: '1' } } });
  await eventually(() => assert.deepEqual([text(), changes], ['app=web', 2]));

  const template = { metadata: { labels: { app: 'web', hash: '1' } } };
  const selector = { matchLabels: { app: 'web', hash: '1' } };
  await client.resource(replicaSetKind).create({ metadata, spec: { selector, template } });
  pod.metadata.ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true }];
  await eventually(() => assert.equal(text(), 'app=web,hash=1'));

  await client.resource(serviceKind).update({ ...service, metadata: { ...service.metadata, labels: { any: 'thing' } } });
  await client.resource(serviceKind).delete(metadata);
  await client.resource(replicaSetKind).delete(metadata);
  await eventually(() => assert.deepEqual([text(), changes], ['', 5]));
  abort.abort();
  await running;
});
