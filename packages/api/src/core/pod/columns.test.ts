import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../generated/types.ts';
import { podColumns } from './columns.ts';

const now = Date.parse('2025-01-01T00:10:00Z');
const container = (name: string, state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name,
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  ...more,
});

function row(status: PodStatus, more: { deleted?: true; sidecar?: true; init?: number } = {}): (string | number | boolean | null)[] {
  const initContainers = Array.from({ length: more.init ?? 0 }, (_, i) => ({
    name: `i${i}`,
    ...(more.sidecar && { restartPolicy: 'Always' }),
  }));
  const pod: Pod = {
    metadata: { name: 'p', creationTimestamp: '2025-01-01T00:00:00Z', ...(more.deleted && { deletionTimestamp: '2025-01-01T00:09:00Z' }) },
    spec: { containers: [{ name: 'c' }], initContainers },
    status,
  };
  return podColumns.map((column) => column.cell(pod, now));
}

const running = container('c', { running: {} }, { ready: true });

test('the row of a running pod', () => {
  assert.deepEqual(row({ phase: 'Running', podIPs: [{ ip: '10.0.0.1' }], containerStatuses: [running] }), [
    'p',
    '1/1',
    'Running',
    '0',
    '10m',
    '10.0.0.1',
    '<none>',
    '<none>',
    '<none>',
  ]);
});

test('STATUS says what keeps a pod from running', () => {
  const status = (podStatus: PodStatus, more = {}) => row(podStatus, more)[2];
  const waiting = (reason: string) => container('c', { waiting: { reason } });
  assert.equal(status({ phase: 'Pending' }), 'Pending');
  assert.equal(status({ phase: 'Failed', reason: 'Evicted' }), 'Evicted');
  assert.equal(status({ phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] }), 'ContainerCreating');
  assert.equal(status({ phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff')] }), 'CrashLoopBackOff');
  assert.equal(
    status({ phase: 'Succeeded', containerStatuses: [container('c', { terminated: { exitCode: 0, reason: 'Completed' } })] }),
    'Completed',
  );
  assert.equal(status({ phase: 'Failed', containerStatuses: [container('c', { terminated: { exitCode: 7 } })] }), 'ExitCode:7');
  assert.equal(status({ phase: 'Failed', containerStatuses: [container('c', { terminated: { exitCode: 137, signal: 9 } })] }), 'Signal:9');
  assert.equal(status({ phase: 'Pending', initContainerStatuses: [container('i0', { running: {} })] }, { init: 2 }), 'Init:0/2');
  assert.equal(
    status({ phase: 'Pending', initContainerStatuses: [container('i0', { terminated: { exitCode: 1, reason: 'Error' } })] }, { init: 1 }),
    'Init:Error',
  );
  assert.equal(
    status({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
    'SchedulingGated',
  );
  assert.equal(status({ phase: 'Running', containerStatuses: [running] }, { deleted: true }), 'Terminating');
  assert.equal(status({ phase: 'Succeeded' }, { deleted: true }), 'Succeeded');
  assert.equal(status({ phase: 'Running', reason: 'NodeLost' }, { deleted: true }), 'Unknown');
});

test('RESTARTS says when; sidecars count as containers', () => {
  const restarted = container(
    'c',
    { running: {} },
    { ready: true, restartCount: 3, lastState: { terminated: { exitCode: 1, finishedAt: '2025-01-01T00:05:00Z' } } },
  );
  assert.equal(row({ phase: 'Running', containerStatuses: [restarted] })[3], '3 (5m ago)');
  const sidecar = container('i0', { running: {} }, { ready: true, started: true });
  assert.equal(
    row({ phase: 'Running', initContainerStatuses: [sidecar], containerStatuses: [running] }, { init: 1, sidecar: true })[1],
    '2/2',
  );
});
