import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec, PodStatus } from '@t8s/api';
import type { ContainerStatus } from '@t8s/cri';
import { annotationNames } from '../pods/actions.ts';
import type { RuntimePod } from '../pods/runtime-cache.ts';
import type { ContainerFacts, Waiting } from './container-statuses.ts';
import { podStatus } from './pod-status.ts';
import { statusPatch } from './status-patch.ts';

const second = 1e9;

function container(name: string, over: Partial<ContainerStatus>): ContainerStatus {
  return {
    id: `${name}${over.metadata?.attempt ?? 0}`,
    metadata: { name, attempt: 0 },
    state: 'CONTAINER_RUNNING',
    createdAt: 1,
    startedAt: 1_700_000_000 * second,
    finishedAt: 0,
    exitCode: 0,
    image: { image: 'x' },
    imageRef: 'docker://sha256:1',
    imageId: '',
    reason: '',
    message: '',
    labels: {},
    annotations: {},
    mounts: [],
    logPath: '',
    ...over,
  };
}

function statusOf(
  containers: ContainerStatus[],
  spec: Partial<PodSpec> = {},
  { waiting, ready = true, ending = false, old }: { waiting?: Waiting; ready?: boolean; ending?: boolean; old?: PodStatus } = {},
): PodStatus {
  const pod: Pod = {
    metadata: { name: 'p', namespace: 'd', uid: 'u', generation: 1 },
    spec: { restartPolicy: 'Always', containers: [{ name: 'app', image: 'x' }], ...spec },
    ...(old && { status: old }),
  };
  const runtime: RuntimePod = {
    uid: 'u',
    name: 'p',
    namespace: 'd',
    sandboxes: [
      {
        id: 's',
        metadata: { name: 'p', namespace: 'd', uid: 'u', attempt: 0 },
        state: 'SANDBOX_READY',
        createdAt: 0,
        labels: {},
        annotations: {},
        network: { ip: '10.0.0.5', additionalIps: [] },
      },
    ],
    containers,
  };
  const facts: ContainerFacts = {
    waiting: () => waiting,
    started: () => true,
    ready: () => ready,
    terminationMessage: (c) => (c.exitCode === 0 ? '' : 'bye'),
    runtimeName: 'docker',
  };
  return podStatus({ pod, runtime, facts, ending, hostIps: ['10.89.0.1'], now: Date.UTC(2025, 0, 1) });
}

const conditions = (status: PodStatus): Record<string, string> =>
  Object.fromEntries((status.conditions ?? []).map((c) => [c.type, c.reason ? `${c.status} ${c.reason}: ${c.message ?? ''}` : c.status]));

test('a running pod', () => {
  const status = statusOf([container('app', {})]);
  assert.equal(status.phase, 'Running');
  assert.equal(status.podIP, '10.0.0.5');
  assert.deepEqual(status.hostIPs, [{ ip: '10.89.0.1' }]);
  assert.deepEqual(Object.values(conditions(status)), ['True', 'True', 'True', 'True', 'True']);
  const [app] = status.containerStatuses ?? [];
  assert.equal(app?.containerID, 'docker://app0');
  assert.deepEqual(app?.state, { running: { startedAt: '2023-11-14T22:13:20Z' } });
  assert.equal(
    statusOf([container('app', {})], {}, { ready: false }).conditions?.find((c) => c.type === 'Ready')?.message,
    'containers with unready status: [app]',
  );
});

test('a container keeps what it was made with, and the pod says that a resize waits', () => {
  const [small, large] = [{ requests: { cpu: '1' } }, { requests: { cpu: '2' } }];
  const running = container('app', { annotations: { [annotationNames.resources]: JSON.stringify(small) } });
  const of = (resources: object): PodStatus => statusOf([running], { containers: [{ name: 'app', image: 'x', resources }] });
  assert.equal('PodResizePending' in conditions(of(small)), false);
  const resized = of(large);
  const [app] = resized.containerStatuses ?? [];
  assert.deepEqual([app?.resources, app?.allocatedResources], [small, small.requests]);
  assert.match(conditions(resized)['PodResizePending'] ?? '', /^True Infeasible: .*delete the pod/);
  assert.deepEqual(statusPatch(resized, of(small)), { conditions: [{ $patch: 'delete', type: 'PodResizePending' }] });
});

test('a crash loop shows the wait, what ended, and how often', () => {
  const ended = container('app', {
    state: 'CONTAINER_EXITED',
    exitCode: 3,
    reason: 'Error',
    finishedAt: 1_700_000_005 * second,
    metadata: { name: 'app', attempt: 4 },
  });
  const status = statusOf([ended], {}, { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } });
  const [app] = status.containerStatuses ?? [];
  assert.equal(status.phase, 'Running');
  assert.equal(app?.restartCount, 4);
  assert.equal(app?.state?.waiting?.reason, 'CrashLoopBackOff');
  assert.equal(app?.lastState?.terminated?.exitCode, 3);
  assert.equal(app?.lastState?.terminated?.message, 'bye');
  assert.equal(conditions(status)['Ready'], 'False ContainersNotReady: containers with unready status: [app]');
});

test('jobs end: Succeeded, Failed; a deleted pod ends whatever its policy', () => {
  const ended = (exitCode: number): ContainerStatus[] => [container('app', { state: 'CONTAINER_EXITED', exitCode })];
  assert.equal(statusOf(ended(0), { restartPolicy: 'Never' }).phase, 'Succeeded');
  assert.equal(statusOf(ended(1), { restartPolicy: 'Never' }).phase, 'Failed');
  assert.equal(statusOf(ended(1), { restartPolicy: 'OnFailure' }).phase, 'Running');
  assert.equal(statusOf(ended(137), {}, { ending: true }).phase, 'Failed');
  const done = statusOf(ended(0), { restartPolicy: 'Never' });
  assert.equal(conditions(done)['Ready'], 'False PodCompleted: ');
  assert.equal(statusOf([], { restartPolicy: 'Never' }, { old: done }).phase, 'Succeeded', 'an end is for good');
});

test('before the first container: Pending, with the reason why', () => {
  const creating = statusOf([]);
  assert.equal(creating.phase, 'Pending');
  assert.equal(creating.containerStatuses?.[0]?.state?.waiting?.reason, 'ContainerCreating');
  const init = statusOf([], { initContainers: [{ name: 'i', image: 'x' }] });
  assert.equal(init.containerStatuses?.[0]?.state?.waiting?.reason, 'PodInitializing');
  assert.equal(conditions(init)['Initialized'], 'False ContainersNotInitialized: containers with incomplete status: [i]');
});

test('an ephemeral container has a status, and is never ready', () => {
  const status = statusOf([container('app', {}), container('debug', {})], { ephemeralContainers: [{ name: 'debug' }] });
  const [debug] = status.ephemeralContainerStatuses ?? [];
  assert.deepEqual([debug?.name, debug?.ready, Object.keys(debug?.state ?? {})], ['debug', false, ['running']]);
  assert.equal(status.containerStatuses?.length, 1);
});
