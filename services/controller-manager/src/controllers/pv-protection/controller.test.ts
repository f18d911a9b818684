import assert from 'node:assert/strict';
import { test } from 'node:test';
import { persistentVolumeKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { pvProtection } from './controller.ts';

const finalizer = 'kubernetes.io/pv-protection';

test('a volume goes when no claim is bound to it any more; one without protection gets it', async () => {
  const { client, settle, stop } = await startControllers((context) => [pvProtection(context)]);
  const volumes = client.resource(persistentVolumeKind);
  await volumes.create({ metadata: { name: 'old' }, spec: {}, status: { phase: 'Bound' } });
  await settle();
  const volume = await volumes.get({ name: 'old' });
  assert.deepEqual(volume.metadata.finalizers, [finalizer]);
  await volumes.delete({ name: 'old' });
  await settle();
  const going = await volumes.get({ name: 'old' });
  assert.deepEqual(going.metadata.finalizers, [finalizer]);
  await volumes.updateStatus({ ...going, status: { phase: 'Released' } });
  await settle();
  assert.deepEqual((await volumes.list()).items, []);
  stop();
});
