import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csiNodeKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import { claim, startVolumePlugin, storageClass, userOf, volume } from '../../volumes/test-volumes.ts';

test('as many attachments as the node says; a volume that two pods use is one', async () => {
  const csi = (volumeHandle: string) => ({ csi: { driver: 'd', volumeHandle } });
  const { verdicts, cache, client, events, stop } = await startVolumePlugin('NodeVolumeLimits', {
    classes: [storageClass('c', { provisioner: 'd' })],
    volumes: ['1', '2', '3'].map((name) => volume(name, csi(name))),
    claims: [
      ...['1', '2', '3'].map((name) => claim(`c${name}`, { volumeName: name })),
      claim('new', { storageClassName: 'c' }),
      claim('plain'),
    ],
  });
  for (const name of ['c1', 'c2']) cache.assume({ ...userOf(name), uid: name }, 'n');
  assert.deepEqual(verdicts(userOf('c3')), ['fits'], 'nothing is known of the node');
  await client
    .resource(csiNodeKind)
    .create({ metadata: { name: 'n' }, spec: { drivers: [{ name: 'd', nodeID: 'n', allocatable: { count: 2 } }] } });
  await eventually(async () => assert.ok(events.some(({ resource }) => resource === 'CSINode')));
  const exceeded = ['Unschedulable: node(s) exceed max volume count'];
  assert.deepEqual(verdicts(userOf('c3')), exceeded);
  assert.deepEqual(verdicts(userOf('new')), exceeded);
  assert.deepEqual(verdicts(userOf('c2')), ['fits']);
  assert.deepEqual(verdicts(userOf('plain')), ['skip']);
  cache.assume({ ...userOf('c3'), uid: 'c3' }, 'n');
  assert.deepEqual(verdicts(userOf('c2')), ['fits'], 'too many, but none more');
  stop();
});
