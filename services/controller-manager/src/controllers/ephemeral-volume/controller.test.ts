import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, persistentVolumeClaimKind, podKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { ephemeralVolumeController } from './controller.ts';

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const volumes = [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec } } }];
const containers = [{ name: 'c', image: 'i' }];

test('a pod has its claim, which goes with it; one of another owner is not taken', async () => {
  const { client, settle, stop } = await startControllers((context) => [ephemeralVolumeController(context)]);
  const claims = client.resource(persistentVolumeClaimKind);
  await claims.create({ metadata: { namespace: 'default', name: 'late-scratch' }, spec });
  const { metadata } = await client
    .resource(podKind)
    .create({ metadata: { namespace: 'default', name: 'web' }, spec: { containers, volumes } });
  await client.resource(podKind).create({ metadata: { namespace: 'default', name: 'late' }, spec: { containers, volumes } });
  await settle();
  const claim = await claims.get({ namespace: 'default', name: 'web-scratch' });
  assert.deepEqual([claim.metadata.labels, claim.metadata.ownerReferences?.[0]?.uid, claim.spec], [{ a: 'b' }, metadata.uid, spec]);
  const { items } = await client.resource(eventKind).list();
  const why = 'ephemeral volume scratch: PVC default/late-scratch was not created for pod default/late (pod is not owner)';
  assert.deepEqual([items[0]?.reason, items[0]?.message], ['FailedBinding', why]);
  await claims.delete({ namespace: 'default', name: 'late-scratch' });
  await settle();
  assert.equal((await claims.get({ namespace: 'default', name: 'late-scratch' })).metadata.ownerReferences?.[0]?.name, 'late');
  stop();
});
