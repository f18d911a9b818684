import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { cgroupOf, parseCgroup, readUsage } from './cgroup.ts';

test('version 1 counts in a tree for each controller, version 2 in one, and where both are the first has the counters', () => {
  const hybrid = '4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n1:name=systemd:/x\n0::/docker/abc\n';
  assert.equal(parseCgroup(hybrid).cpuUsage, '/sys/fs/cgroup/cpuacct/docker/abc/cpuacct.usage');
  assert.equal(parseCgroup(hybrid).memory, '/sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes');
  const unified = '0::/system.slice/docker-abc.scope\n';
  assert.equal(parseCgroup(unified).cpuUsage, '/sys/fs/cgroup/system.slice/docker-abc.scope/cpu.stat');
  assert.equal(parseCgroup(unified).inactive, 'inactive_file');
});

test('what a process uses is read, and one that is gone has no group', async () => {
  const cgroup = await cgroupOf(process.pid);
  assert.ok(cgroup);
  const first = await readUsage(cgroup);
  const started = process.cpuUsage();
  while (process.cpuUsage(started).user < 100_000);
  const second = await readUsage(cgroup);
  assert.ok(first && second);
  assert.ok(second.cpu - first.cpu >= 90e6, `${first.cpu} → ${second.cpu} after 100 ms of work`);
  assert.ok(second.workingSet > 10 * 1024 * 1024);
  const child = spawn('true');
  await once(child, 'exit');
  assert.equal(await cgroupOf(child.pid ?? 0), undefined);
});
