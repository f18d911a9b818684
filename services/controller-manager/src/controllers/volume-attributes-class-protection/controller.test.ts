import assert from 'node:assert/strict';
import { test } from 'node:test';
import { persistentVolumeClaimKind, persistentVolumeKind, volumeAttributesClassKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { volumeAttributesClassProtection } from './controller.ts';

test('a class goes when the last claim and the last volume that name it have gone', async () => {
  const { client, settle, stop } = await startControllers((context) => [volumeAttributesClassProtection(context)]);
  const classes = client.resource(volumeAttributesClassKind);
  const claims = client.resource(persistentVolumeClaimKind);
  const namespace = 'd';
  await classes.create({ metadata: { name: 'gold' }, driverName: 'd' });
  await client.resource(persistentVolumeKind).create({ metadata: { name: 'pv' }, spec: { volumeAttributesClassName: 'gold' } });
  const claim = await claims.create({ metadata: { name: 'data', namespace }, spec: { volumeAttributesClassName: 'gold' } });
  await settle();
  assert.deepEqual((await classes.get({ name: 'gold' })).metadata.finalizers, ['kubernetes.io/vac-protection']);
  await classes.delete({ name: 'gold' });
  await client.resource(persistentVolumeKind).delete({ name: 'pv' });
  await settle();
  assert.equal((await classes.list()).items.length, 1);
  await claims.update({ ...claim, spec: { volumeAttributesClassName: 'silver' } });
  await settle();
  assert.deepEqual((await classes.list()).items, []);
  stop();
});
