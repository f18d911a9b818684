import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, persistentVolumeClaimKind, persistentVolumeKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { persistentVolumeExpander } from './controller.ts';

test('a claim that asks for more has it, where the volume is one of ours', async () => {
  const { client, settle, stop } = await startControllers((context) => [persistentVolumeExpander(context)]);
  const capacities: Record<string, string | undefined> = {};
  for (const [name, by] of [
    ['ours', 't8s.local/directory'],
    ['theirs', 'example.com/p'],
  ] as const) {
    const claim = await client.resource(persistentVolumeClaimKind).create({
      metadata: { namespace: 'default', name },
      spec: { volumeName: name, storageClassName: name, resources: { requests: { storage: '2Gi' } } },
    });
    await client.resource(persistentVolumeKind).create({
      metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': by } },
      spec: {
        capacity: { storage: '1Gi' },
        storageClassName: name,
        claimRef: { namespace: 'default', name, uid: claim.metadata.uid ?? '' },
      },
    });
    const conditions = [{ type: 'Resizing', status: 'True' }];
    const before = { phase: 'Bound', capacity: { storage: '1Gi' }, conditions };
    await client.resource(persistentVolumeClaimKind).updateStatus({ ...claim, status: before });
    await settle();
    const { status } = await client.resource(persistentVolumeClaimKind).get({ namespace: 'default', name });
    if (name === 'ours') assert.deepEqual(status, { phase: 'Bound', capacity: { storage: '2Gi' }, allocatedResources: { storage: '2Gi' } });
    capacities[name] =
      `${status?.capacity?.['storage']} ${(await client.resource(persistentVolumeKind).get({ name })).spec.capacity?.['storage']}`;
  }
  assert.deepEqual(capacities, { ours: '2Gi 2Gi', theirs: '1Gi 1Gi' });
  const { items } = await client.resource(eventKind).list();
  assert.deepEqual(items.map(({ reason }) => reason).sort(), ['ExternalExpanding', 'Resizing', 'VolumeResizeSuccessful']);
  stop();
});
