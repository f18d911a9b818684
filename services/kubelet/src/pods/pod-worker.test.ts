import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Pod, PodSpec, PodStatus } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import type { ImageService } from '@t8s/cri';
import { notFound } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { eventually } from '@t8s/testkit';
import { ImagePuller } from '../images/image-puller.ts';
import { Prober } from '../probes/prober.ts';
import { StatusWriter } from '../status/status-writer.ts';
import { TerminationMessages } from '../status/termination-message.ts';
import { PodVolumes } from '../volumes/pod-volumes.ts';
import { FakeRuntime } from './fake-runtime.ts';
import { Hooks } from './hooks.ts';
import { PodDirs } from './pod-dirs.ts';
import type { PodEvents } from './pod-events.ts';
import { PodKiller } from './pod-killer.ts';
import { PodReporter } from './pod-reporter.ts';
import { PodStarter } from './pod-starter.ts';
import { PodWorker } from './pod-worker.ts';
import { KeyedBackoff } from './restart-backoff.ts';
import { RuntimeCache } from './runtime-cache.ts';

const root = mkdtempSync(join(tmpdir(), 't8s-worker-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** A worker with everything real but the runtime, the API and the time. */
function setUp(spec: Partial<PodSpec> = {}) {
  const clock = new FakeClock();
  const fake = new FakeRuntime(clock);
  const runtime = fake.service;
  const pod: Pod = {
    metadata: { name: 'web', namespace: 'default', uid: 'u', generation: 1 },
    spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, containers: [{ name: 'app', image: 'x' }], ...spec },
  };
  const said: string[] = [];
  const done: string[] = [];
  const dirs = new PodDirs(mkdtempSync(join(root, 'k-')));
  const events: PodEvents = ({ reason, message }) => said.push(`${reason} ${message}`);
  const cache = new RuntimeCache(runtime, () => worker.poke());
  fake.onEvent((event) => void cache.apply(event));
  const node = {
    hostIps: ['10.89.0.1'],
    dns: { clusterDns: [], clusterDomain: 'cluster.local', host: { servers: [], searches: [], options: [] } },
    runtimeName: 'docker',
    memory: 2 ** 30,
    allocatable: () => ({}),
    services: () => [],
  };
  const objects = {
    configMap: async (_: string, name: string) => {
      throw notFound({ group: '', resource: 'configmap' }, name);
    },
    secret: async (_: string, name: string) => {
      throw notFound({ group: '', resource: 'secret' }, name);
    },
  };
  const volumes = new PodVolumes(dirs, {
    claim: async (_, name) => {
      throw notFound({ group: '', resource: 'persistentvolumeclaims' }, name);
    },
    volume: async (name) => {
      throw notFound({ group: '', resource: 'persistentvolumes' }, name);
    },
    objects,
    token: async () => 't',
    addresses: () => ({ podIps: [], hostIps: [] }),
    allocatable: () => ({}),
  });
  const prober = new Prober({
    clock,
    run: async () => ({ ok: true, output: '' }),
    changed: () => worker.poke(),
    unhealthy: () => undefined,
  });
  const images = new ImagePuller({
    images: { imageStatus: async () => ({ image: { size: 1 }, info: {} }) } as unknown as ImageService,
    event: () => undefined,
    secrets: async () => [],
    clock,
  });
  const hooks = new Hooks(runtime, clock);
  let status: PodStatus = {};
  const writer = new StatusWriter({
    clock,
    log: silentLogger,
    patch: async (p, patch) => {
      status = { ...status, ...patch };
      return { ...p, status };
    },
  });
  const messages = new TerminationMessages();
  const backoff = new KeyedBackoff(clock);
  const worker: PodWorker = new PodWorker('u', {
    unsafeSysctls: ['kernel.msg*'],
    runtime,
    cache,
    prober,
    writer,
    messages,
    volumes,
    events,
    clock,
    log: silentLogger,
    starter: new PodStarter({ runtime, cache, images, volumes, objects, hooks, dirs, node, events, backoff, clock }),
    killer: new PodKiller({ runtime, hooks, events, clock, log: silentLogger }),
    reporter: new PodReporter({ cache, prober, writer, messages, node, clock }),
    deleteFromApi: async () => void fake.calls.push('delete from the API'),
    done: (uid) => done.push(uid),
  });
  const until = (check: (status: PodStatus) => unknown): Promise<void> =>
    eventually(() => {
      const now = writer.get('u') ?? {};
      if (!check(now)) throw new Error(`${JSON.stringify(now)}\n${fake.calls.join('\n')}`);
    });
  return { clock, fake, pod, worker, said, done, until };
}

const state = (status: PodStatus, name = 'app') => status.containerStatuses?.find((c) => c.name === name)?.state ?? {};

test('starts, restarts at once, then waits 10 s after each further exit', async () => {
  const { clock, fake, pod, worker, said, until } = setUp();
  worker.update(pod);
  await until((s) => s.phase === 'Running');
  assert.deepEqual(fake.calls, ['sandbox web 0', 'create app 0', 'start app']);
  assert.deepEqual(said, ['Created Created container: app', 'Started Started container app']);
  fake.exit('app', 1);
  await until((s) => s.containerStatuses?.[0]?.restartCount === 1 && state(s).running);
  fake.exit('app', 1);
  await until((s) => state(s).waiting?.reason === 'CrashLoopBackOff');
  assert.equal(said.at(-1), 'BackOff Back-off restarting failed container app in pod web_default(u)');
  await clock.advance(9_000);
  assert.equal(fake.calls.filter((c) => c === 'start app').length, 2);
  await clock.advance(1_000);
  await until((s) => s.containerStatuses?.[0]?.restartCount === 2 && state(s).running);
  await eventually(() => assert.ok(fake.calls.includes('remove app 0'), 'only the last ended attempt is kept'));
});

test('a runtime that fails is asked again after 10 s, not at each event', async () => {
  const { clock, fake, pod, worker, said } = setUp();
  fake.fail = (call) => (call.startsWith('sandbox') ? 'no addresses left' : undefined);
  worker.update(pod);
  await eventually(() => assert.equal(said.at(-1), 'FailedCreatePodSandBox Failed to create pod sandbox: no addresses left'));
  for (let i = 0; i < 5; i++) {
    worker.poke();
    await clock.advance(100);
  }
  assert.equal(said.length, 1);
  fake.fail = undefined;
  await clock.advance(10_000);
  await eventually(() => assert.ok(fake.calls.includes('start app')));
});

test('what a container lacks is said, and it starts when that has come', async () => {
  const { pod, worker, until } = setUp({
    containers: [{ name: 'app', image: 'x', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }] }],
  });
  worker.update(pod);
  await until(
    (s) => state(s).waiting?.reason === 'CreateContainerConfigError' && state(s).waiting?.message === 'configmap "none" not found',
  );
});

test('a pod whose volume is not there has no sandbox yet', async () => {
  const { fake, pod, worker, said, until } = setUp({
    containers: [{ name: 'app', image: 'x' }],
    volumes: [{ name: 'v', configMap: { name: 'none' } }],
  });
  worker.update(pod);
  await until((s) => state(s).waiting?.reason === 'ContainerCreating');
  await eventually(() => assert.match(said.join(), /^FailedMount MountVolume\.SetUp failed for volume "v" : configmap "none" not found$/));
  assert.deepEqual(fake.calls, []);
});

test('a sysctl that is not safe is no business of a pod, unless the node allows it', async () => {
  const start = (name: string) => {
    const run = setUp({ securityContext: { sysctls: [{ name, value: '1' }] } });
    run.worker.update(run.pod);
    return run;
  };
  for (const allowed of ['kernel.shm_rmid_forced', 'net/ipv4/tcp_syncookies', 'kernel.msgmax'])
    await start(allowed).until((s) => s.phase === 'Running');
  const { fake, until } = start('kernel.sem');
  await until((s) => s.reason === 'SysctlForbidden' && s.message === 'Pod was rejected: forbidden sysctl: "kernel.sem" not allowlisted');
  assert.deepEqual(fake.calls, []);
});

test('deletion: preStop, TERM with what is left of the grace period, everything freed, the API last', async () => {
  const { fake, pod, worker, said, done, until } = setUp({
    containers: [{ name: 'app', image: 'x', lifecycle: { preStop: { exec: { command: ['bye'] } } } }],
  });
  worker.update(pod);
  await until((s) => s.phase === 'Running');
  worker.update({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2025-01-01T00:00:00Z', deletionGracePeriodSeconds: 7 } });
  await eventually(() => assert.deepEqual(done, ['u']));
  assert.deepEqual(fake.calls.slice(3), ['exec bye', 'stop app 7', 'remove sandbox', 'delete from the API']);
  assert.equal(said.at(-1), 'Killing Stopping container app');
});

test('a job ends: its sandbox goes, its container stays for its log', async () => {
  const { fake, pod, worker, until } = setUp({ restartPolicy: 'OnFailure' });
  worker.update(pod);
  await until((s) => s.phase === 'Running');
  fake.exit('app', 0);
  await until((s) => s.phase === 'Succeeded');
  await eventually(() => assert.equal(fake.calls.at(-1), 'stop sandbox'));
  worker.poke();
  await new Promise(setImmediate);
  assert.equal(fake.calls.filter((c) => c.startsWith('create')).length, 1);
});

test('the status that comes back from the API asks for no work', async () => {
  const { fake, pod, worker, until } = setUp();
  worker.update(pod);
  await until((s) => s.phase === 'Running');
  const calls = fake.calls.length;
  worker.update({ ...pod, metadata: { ...pod.metadata, resourceVersion: '9' }, status: { phase: 'Running' } });
  await new Promise(setImmediate);
  assert.equal(fake.calls.length, calls);
});
