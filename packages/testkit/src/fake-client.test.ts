import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigMap, configMapKind, type Pod, podKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { FakeClient } from './fake-client.ts';

const configMap = (name: string): ConfigMap => ({ metadata: { name, namespace: 'd' }, data: { a: '1' } });
const pod = (): Pod => ({ metadata: { name: 'p', namespace: 'd', finalizers: ['x/y'] }, spec: { containers: [{ name: 'c' }] } });
const ref = { namespace: 'd', name: 'p' };

test('writes answer as the API does: AlreadyExists, NotFound, and Conflict for the late', async () => {
  const maps = new FakeClient().resource(configMapKind);
  const first = await maps.create(configMap('a'));
  await assert.rejects(maps.create(configMap('a')), (e) => isStatus(e, 'AlreadyExists'));
  await assert.rejects(maps.create(first), (e) => isStatus(e, 'BadRequest'));
  await assert.rejects(maps.get({ namespace: 'd', name: 'b' }), (e) => isStatus(e, 'NotFound'));
  await maps.update({ ...first, data: { a: '2' } });
  await assert.rejects(maps.update({ ...first, data: { a: '3' } }), (e) => isStatus(e, 'Conflict'));
  await assert.rejects(maps.delete({ namespace: 'd', name: 'a' }, { preconditions: { uid: 'other' } }), (e) => isStatus(e, 'Conflict'));
});

test('status and spec are written apart, and a write that changes nothing makes no version', async () => {
  const pods = new FakeClient().resource(podKind);
  const created = await pods.create(pod());
  const withStatus = await pods.updateStatus({ ...created, spec: { containers: [] }, status: { phase: 'Running' } });
  assert.deepEqual([withStatus.spec.containers.length, withStatus.status?.phase, withStatus.metadata.generation], [1, 'Running', 1]);
  const withSpec = await pods.update({ ...withStatus, spec: { ...withStatus.spec, priority: 1 }, status: {} });
  assert.deepEqual([withSpec.status?.phase, withSpec.metadata.generation], ['Running', 2]);
  assert.equal((await pods.update(withSpec)).metadata.resourceVersion, withSpec.metadata.resourceVersion);
});

test('patches: merge, strategic, json; apply is refused', async () => {
  const pods = new FakeClient().resource(podKind);
  await pods.create(pod());
  await pods.patch(ref, { type: 'merge', body: { metadata: { labels: { a: '1' } } } });
  await pods.patch(ref, { type: 'strategic', body: { spec: { containers: [{ name: 'c', image: 'i' }] } } });
  const patched = await pods.patch(ref, { type: 'json', body: [{ op: 'remove', path: '/metadata/labels/a' }] });
  assert.deepEqual([patched.metadata.labels, patched.spec.containers], [{}, [{ name: 'c', image: 'i' }]]);
  await assert.rejects(pods.patch(ref, { type: 'apply', body: {} }), (e) => isStatus(e, 'BadRequest'));
});

test('finalizers hold a deleted object until the last is gone; watchers see each step, or that they came too late', async () => {
  const client = new FakeClient();
  const pods = client.resource(podKind);
  await pods.create(pod());
  await pods.delete(ref);
  const deleting = await pods.get(ref);
  assert.ok(deleting.metadata.deletionTimestamp);
  await assert.rejects(
    pods.createSubresource(ref, 'binding', { target: { name: 'n' } }),
    (e) => isStatus(e, 'Conflict') && e.message.includes('is being deleted'),
  );
  await pods.update({ ...deleting, metadata: { ...deleting.metadata, finalizers: [] } });
  const seen: string[] = [];
  for await (const { type } of pods.watch({ resourceVersion: '0' })) {
    seen.push(type);
    if (type === 'DELETED') break;
  }
  assert.deepEqual(seen, ['ADDED', 'MODIFIED', 'DELETED']);
  client.compact();
  await assert.rejects(
    async () => {
      for await (const _ of pods.watch({ resourceVersion: '1' }));
    },
    (e) => isStatus(e, 'Expired'),
  );
});
