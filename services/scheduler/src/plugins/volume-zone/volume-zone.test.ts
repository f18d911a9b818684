import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim, startVolumePlugin, userOf, volume } from '../../volumes/test-volumes.ts';

test('a volume of one zone, or of several, is used there; nodes without zones take all', async () => {
  const zone = 'topology.kubernetes.io/zone';
  const old = 'failure-domain.beta.kubernetes.io/zone';
  const { verdicts, stop } = await startVolumePlugin('VolumeZone', {
    nodes: [
      { name: 'x', labels: { [zone]: 'x' } },
      { name: 'y', labels: { [zone]: 'y' } },
      { name: 'old', labels: { [old]: 'y' } },
      { name: 'free' },
    ],
    volumes: [volume('v', {}, { [old]: 'x' }), volume('w', {}, { [zone]: 'y__z' }), volume('anywhere')],
    claims: [claim('in-x', { volumeName: 'v' }), claim('in-yz', { volumeName: 'w' }), claim('any', { volumeName: 'anywhere' })],
  });
  const conflict = 'UnschedulableAndUnresolvable: node(s) had no available volume zone';
  const byName = (name: string): string[] => verdicts(userOf(name)).sort();
  assert.deepEqual(byName('in-x'), [conflict, conflict, 'fits', 'fits'], "today's label of a node will do for a volume's older one");
  assert.deepEqual(byName('in-yz'), [conflict, conflict, 'fits', 'fits'], 'not the other way round');
  assert.deepEqual(verdicts(userOf('any')), ['skip']);
  stop();
});
