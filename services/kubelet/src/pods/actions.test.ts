import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '@t8s/api';
import type { ContainerState, ContainerStatus } from '@t8s/cri';
import { annotationNames, computeActions, containerHash, type ProbeVerdicts } from './actions.ts';
import type { RuntimePod } from './runtime-cache.ts';

const healthy: ProbeVerdicts = { failed: () => undefined, started: () => true };

function podOf(spec: Partial<PodSpec>): Pod {
  return {
    metadata: { name: 'p', namespace: 'd', uid: 'u' },
    spec: { restartPolicy: 'Always', containers: [{ name: 'app', image: 'x' }], ...spec },
  };
}

function container(name: string, state: ContainerState, exitCode = 0, image = 'x'): ContainerStatus {
  return {
    id: `${name}-0`,
    metadata: { name, attempt: 0 },
    state,
    createdAt: 10,
    startedAt: 10,
    finishedAt: 0,
    exitCode,
    image: { image },
    imageRef: '',
    imageId: '',
    reason: '',
    message: '',
    labels: {},
    annotations: { [annotationNames.hash]: containerHash({ name, image }) },
    mounts: [],
    logPath: '',
  };
}

function runtimeOf(containers: ContainerStatus[], ready = true): RuntimePod {
  const metadata = { name: 'p', namespace: 'd', uid: 'u', attempt: 2 };
  return {
    uid: 'u',
    name: 'p',
    namespace: 'd',
    sandboxes: [{ id: 's', metadata, state: ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY', createdAt: 5, labels: {}, annotations: {} }],
    containers,
  };
}

const plan = (pod: Pod, runtime: RuntimePod | undefined, probes = healthy): unknown => {
  const { sandbox, attempt, finished, start, kill } = computeActions(pod, runtime, probes);
  return { sandbox: sandbox?.id, attempt, finished, start: start.map((c) => c.name), kill: kill.map((k) => k.message) };
};

test('a new pod gets a sandbox and its first init container; a lost sandbox starts everything anew', () => {
  const pod = podOf({ initContainers: [{ name: 'i1', image: 'x' }] });
  assert.deepEqual(plan(pod, undefined), { sandbox: undefined, attempt: 0, finished: false, start: ['i1'], kill: [] });
  assert.deepEqual(plan(podOf({}), runtimeOf([container('app', 'CONTAINER_RUNNING')], false)), {
    sandbox: undefined,
    attempt: 3,
    finished: false,
    start: [],
    kill: ['Pod sandbox changed, it will be killed and re-created.'],
  });
});

test('restart policies decide on ended containers', () => {
  const ended = (exitCode: number): RuntimePod => runtimeOf([container('app', 'CONTAINER_EXITED', exitCode)]);
  const started = (restartPolicy: string, exitCode: number): unknown =>
    plan(podOf({ restartPolicy }), ended(exitCode)) as { start: string[]; finished: boolean };
  const run = { start: ['app'], finished: false };
  const end = { start: [], finished: true };
  for (const [policy, code, expected] of [
    ['Always', 0, run],
    ['OnFailure', 0, end],
    ['OnFailure', 1, run],
    ['Never', 1, end],
  ] as const) {
    const { start, finished } = started(policy, code) as typeof run;
    assert.deepEqual({ start, finished }, expected, `${policy} ${code}`);
  }
});

test('init containers run in order, sidecars stay, and a failed one ends a pod that never restarts', () => {
  const spec = {
    initContainers: [
      { name: 'side', image: 'x', restartPolicy: 'Always' },
      { name: 'i1', image: 'x' },
    ],
  };
  const side = container('side', 'CONTAINER_RUNNING');
  const start = (runtime: RuntimePod, probes = healthy, extra = {}): unknown =>
    (plan(podOf({ ...spec, ...extra }), runtime, probes) as { start: string[] }).start;
  assert.deepEqual(start(runtimeOf([side]), { ...healthy, started: () => false }), []);
  assert.deepEqual(start(runtimeOf([side])), ['i1']);
  assert.deepEqual(start(runtimeOf([side, container('i1', 'CONTAINER_EXITED', 0)])), ['app']);
  assert.deepEqual(start(runtimeOf([side, container('i1', 'CONTAINER_EXITED', 1)])), ['i1']);
  const failed = plan(podOf({ ...spec, restartPolicy: 'Never' }), runtimeOf([container('i1', 'CONTAINER_EXITED', 1)])) as {
    finished: boolean;
  };
  assert.equal(failed.finished, true);
});

test('a changed image and a failed probe kill', () => {
  const running = runtimeOf([container('app', 'CONTAINER_RUNNING')]);
  const kills = (pod: Pod, probes = healthy): unknown => (plan(pod, running, probes) as { kill: string[] }).kill;
  assert.deepEqual(kills(podOf({})), []);
  assert.deepEqual(kills(podOf({ containers: [{ name: 'app', image: 'y' }] })), ['Container app definition changed, will be restarted']);
  assert.deepEqual(kills(podOf({}), { ...healthy, failed: () => 'Liveness' }), ['Container app failed liveness probe, will be restarted']);
});

test('an ephemeral container runs once, beside whatever runs', () => {
  const pod = podOf({ ephemeralContainers: [{ name: 'debug', image: 'x' }] });
  const startsWith = (...more: ContainerStatus[]): unknown =>
    computeActions(pod, runtimeOf([container('app', 'CONTAINER_RUNNING'), ...more]), healthy).start.map((c) => c.name);
  assert.deepEqual(startsWith(), ['debug']);
  assert.deepEqual(startsWith(container('debug', 'CONTAINER_RUNNING')), []);
  assert.deepEqual(startsWith(container('debug', 'CONTAINER_EXITED', 1)), [], 'it is not started again');
});
