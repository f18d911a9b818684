import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NodeHealth, nodeConditions } from './node-conditions.ts';

const well: NodeHealth = { problems: [], availableMemory: 2 ** 30, disk: { total: 100, available: 50 }, pids: { max: 1000, used: 10 } };

test('a healthy node is ready; what is wrong is said, and times of change stay', () => {
  const first = nodeConditions(well, [], 't1');
  assert.deepEqual(
    first.map((c) => [c.type, c.status, c.reason]),
    [
      ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
      ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'],
      ['PIDPressure', 'False', 'KubeletHasSufficientPID'],
      ['Ready', 'True', 'KubeletReady'],
    ],
  );
  const second = nodeConditions(
    { ...well, problems: ['container runtime is down', 'no network'], disk: { total: 100, available: 9 } },
    first,
    't2',
  );
  const by = (type: string) => second.find((c) => c.type === type);
  assert.deepEqual(
    [by('Ready')?.status, by('Ready')?.message, by('Ready')?.lastTransitionTime],
    ['False', '[container runtime is down, no network]', 't2'],
  );
  assert.equal(by('DiskPressure')?.status, 'True');
  assert.deepEqual([by('MemoryPressure')?.lastTransitionTime, by('MemoryPressure')?.lastHeartbeatTime], ['t1', 't2']);
});
