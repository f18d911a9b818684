import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestPod, testPodInfo } from '../../test-objects.ts';
import { claim, startVolumePlugin, userOf } from '../../volumes/test-volumes.ts';

test('a claim for one pod alone is not shared; others are', async () => {
  const { verdicts, cache, stop } = await startVolumePlugin('VolumeRestrictions', {
    claims: [claim('mine', { accessModes: ['ReadWriteOncePod'] }), claim('ours')],
    nodes: [{ name: 'n' }, { name: 'o' }],
  });
  assert.deepEqual(verdicts(userOf('mine')), ['fits', 'fits']);
  assert.deepEqual(verdicts(userOf('ours')), ['skip']);
  cache.assume({ ...userOf('mine'), uid: 'other' }, 'n');
  const conflict = 'Unschedulable: node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode';
  assert.deepEqual(verdicts(userOf('mine')), [conflict, conflict], 'wherever it is');
  cache.forget('other');
  assert.deepEqual(verdicts(userOf('mine')), ['fits', 'fits']);
  stop();
});

test('disks that can be attached once; readers may share some of them', async () => {
  const { plugin, verdicts, cache, stop } = await startVolumePlugin('VolumeRestrictions', {});
  const pod = (name: string, source: object): TestPod => ({ name, volumes: [{ name: 'd', ...source }] });
  const gce = (readOnly: boolean) => ({ gcePersistentDisk: { pdName: 'd', readOnly } });
  const aws = { awsElasticBlockStore: { volumeID: 'v', readOnly: true } };
  const rbd = (image: string) => ({ rbd: { monitors: ['a', 'b'], image, pool: 'p' } });
  for (const [i, source] of [gce(true), aws, rbd('one')].entries()) cache.assume(testPodInfo(pod(`there-${i}`, source)), 'n');
  const conflict = 'Unschedulable: node(s) had no available disk';
  const asked = [gce(true), gce(false), aws, rbd('one'), rbd('two')].map((source) => verdicts(testPodInfo(pod('new', source)))[0]);
  assert.deepEqual(asked, ['fits', conflict, conflict, conflict, 'fits']);
  const helps = (gone: object) => plugin.hints?.AssignedPod?.(testPodInfo(pod('new', aws)), { old: testPodInfo(pod('gone', gone)) });
  assert.deepEqual([helps(aws), helps(gce(false))], [true, false], 'who has the disk helps by going');
  stop();
});
