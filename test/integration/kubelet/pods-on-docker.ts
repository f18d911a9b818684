/** Run by kubelet.test.ts in a network namespace of its own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ContainerStateWaiting, configMapKind, nodeKind, type Pod } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import { WebSocket } from 'ws';
import { type DockerHost, docker, importImages, startDocker } from './docker-host.ts';
import { NodeUnderTest } from './node-under-test.ts';

let host: DockerHost;
let node: NodeUnderTest;
const serve = ['sh', '-c', 'trap "exit 0" TERM; echo started; sleep 1000 & wait'];

before(async () => {
  host = await startDocker();
  node = new NodeUnderTest(host.socket);
  importImages(process.env['ROOT_FS'] ?? '');
  await node.start();
});

after(async () => {
  node.stop();
  const left = docker('ps', '-aq');
  if (left !== '') docker('rm', '-f', ...left.split('\n'));
  node.cleanUp();
  await host.remove();
});

function exec(path: string): Promise<Record<number, string>> {
  return new Promise((resolve, reject) => {
    const { host: name, port, ...tls } = node.tls;
    const socket = new WebSocket(`wss://${name}:${port}${path}`, ['v5.channel.k8s.io'], tls);
    const channels: Record<number, string> = {};
    socket.on('message', (message: Buffer) => {
      const channel = message[0] ?? 0;
      channels[channel] = (channels[channel] ?? '') + message.subarray(1).toString();
    });
    socket.on('close', () => resolve(channels));
    socket.on('error', reject);
  });
}

test('a pod runs: network, environment, volumes, init containers, events, logs, exec', async () => {
  await node.client.resource(configMapKind).create({ metadata: { name: 'conf', namespace: 'default' }, data: { mode: 'dev' } });
  await node.create(
    'web',
    {
      command: ['sh', '-c', `echo $MODE $IP $(cat /data/init); ${serve[2]}`],
      env: [
        { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'conf', key: 'mode' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
      volumeMounts: [
        { name: 'data', mountPath: '/data' },
        { name: 'conf', mountPath: '/conf' },
      ],
      readinessProbe: { exec: { command: ['test', '-f', '/data/ready'] }, periodSeconds: 1 },
    },
    {
      initContainers: [
        {
          name: 'init',
          image: 't8s.local/busybox:1',
          command: ['sh', '-c', 'echo prepared > /data/init'],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'conf', configMap: { name: 'conf' } },
      ],
    },
  );
  const running = await node.pod('web', (p) => p.status?.phase === 'Running');
  assert.match(running.status?.podIP ?? '', /^10\.244\.250\./);
  assert.equal(running.status?.conditions?.find((c) => c.type === 'Ready')?.message, 'containers with unready status: [app]');
  assert.deepEqual((await node.events('web')).slice(-3), [
    'Normal Pulled Container image "t8s.local/busybox:1" already present on machine',
    'Normal Created Created container: app',
    'Normal Started Started container app',
  ]);

  // It runs before it has said anything.
  await eventually(async () => {
    const { body } = await node.get('/containerLogs/default/web/app?tailLines=5');
    assert.equal(body, `dev ${running.status?.podIP} prepared\nstarted\n`);
  });
  assert.equal((await node.get('/pods', 'nobody')).status, 401);
  assert.equal((await node.get('/pods', 'stranger')).status, 403);

  const failed = await exec('/exec/default/web/app?command=sh&command=-c&command=cat+/etc/resolv.conf;exit+7&output=1&error=1');
  assert.match(
    failed[1] ?? '',
    /^search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local\nnameserver 10\.96\.0\.10\noptions ndots:5/,
  );
  assert.deepEqual(JSON.parse(failed[3] ?? '{}').details, { causes: [{ reason: 'ExitCode', message: '7' }] });

  await exec('/exec/default/web/app?command=touch&command=/data/ready&output=1');
  await node.pod('web', (p) => p.status?.conditions?.find((c) => c.type === 'Ready')?.status === 'True');
});

test('/metrics/resource tells what containers, pods and the node use, with the time of each reading', async () => {
  const used = async (): Promise<number> => {
    const { body } = await node.get('/metrics/resource');
    assert.match(body, /^node_cpu_usage_seconds_total [\d.]+ \d{13}$/m);
    assert.match(body, /^pod_memory_working_set_bytes\{namespace="default",pod="web"\} [1-9]\d{4,} \d{13}$/m);
    assert.match(body, /^container_start_time_seconds\{container="app",namespace="default",pod="web"\} 1\d{9}/m);
    return Number(/^container_cpu_usage_seconds_total\{container="app",namespace="default",pod="web"\} ([\d.]+) \d{13}$/m.exec(body)?.[1]);
  };
  const before = await used();
  await exec('/exec/default/web/app?command=dd&command=if=/dev/zero&command=of=/dev/null&command=bs=1M&command=count=3000&output=1');
  assert.ok((await used()) - before > 0.05);
});

test('a container that fails is restarted, then waits; what it said stays readable', async () => {
  await node.create('crash', { command: ['sh', '-c', 'echo farewell > /dev/termination-log; echo out; exit 3'] });
  const pod = await node.pod('crash', (p) => p.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff');
  const [status] = pod.status?.containerStatuses ?? [];
  assert.equal(status?.restartCount, 1);
  assert.equal(status?.lastState?.terminated?.exitCode, 3);
  assert.equal(status?.lastState?.terminated?.message, 'farewell\n');
  assert.match(status?.state?.waiting?.message ?? '', /^back-off 10s restarting failed container=app pod=crash_default\(/);
  assert.equal((await node.get('/containerLogs/default/crash/app?previous=true')).body, 'out\n');
});

test('an image that nobody has is asked for again and again, further and further apart; when it is there, the pod runs', async () => {
  const image = 't8s.local/late:1';
  const waiting = (pod: Pod): ContainerStateWaiting => pod.status?.containerStatuses?.[0]?.state?.waiting ?? {};
  await node.create('late', { image, command: serve });
  await node.pod('late', (p) => waiting(p).reason === 'ErrImagePull', 30_000);
  const pod = await node.pod('late', (p) => waiting(p).reason === 'ImagePullBackOff', 30_000);
  assert.match(waiting(pod).message ?? '', /^Back-off pulling image "t8s\.local\/late:1": ErrImagePull: ./);
  assert.deepEqual([pod.status?.phase, pod.status?.containerStatuses?.[0]?.restartCount], ['Pending', 0]);
  const events = await node.events('late');
  const told = ['Normal Pulling Pulling image', 'Warning Failed Failed to pull image', 'Warning Failed Error: ErrImagePull'];
  for (const event of [...told, 'Normal BackOff Back-off pulling image', 'Warning Failed Error: ImagePullBackOff'])
    assert.ok(
      events.some((line) => line.startsWith(event)),
      `${event} is not among\n${events.join('\n')}`,
    );
  docker('tag', 't8s.local/busybox:1', image);
  await node.pod('late', (p) => p.status?.phase === 'Running', 45_000);
  docker('rmi', image);
});

test('a kubelet that comes back adopts its pods and ends those that are gone', async () => {
  await node.create('gone', { command: serve });
  await node.pod('gone', (p) => p.status?.phase === 'Running');
  const before = await node.pod('web', (p) => p.status?.containerStatuses?.[0]?.ready);
  node.stop();
  const gone = await node.pods.get({ namespace: 'default', name: 'gone' });
  await node.pods.update({ ...gone, metadata: { ...gone.metadata, finalizers: [] } });
  await node.pods.delete({ namespace: 'default', name: 'gone' });
  await node.start();
  await node.pod('web', (p) => p.status?.containerStatuses?.[0]?.ready);
  await node.create('next', { command: serve });
  await node.pod('next', (p) => p.status?.phase === 'Running');
  const now = await node.pod('web', () => true);
  const [a, b] = [before, now].map((p) => p.status?.containerStatuses?.[0]);
  assert.equal(a?.containerID, b?.containerID);
  assert.equal(b?.restartCount, 0);
  assert.equal(docker('ps', '-q', '--filter', 'label=io.kubernetes.pod.name=gone'), '');
});

test('a deleted pod ends gracefully, gives everything back, and is deleted last', async () => {
  await node.pods.delete({ namespace: 'default', name: 'web' });
  const ended = await node.pod('web', (p) => p.status?.phase === 'Succeeded');
  assert.equal(ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 0, 'TERM was heard');
  await node.pod('web', () =>
    node.client.actions.some(
      (a) => a.verb === 'delete' && a.name === 'web' && (a.object as { gracePeriodSeconds?: number }).gracePeriodSeconds === 0,
    ),
  );
  assert.equal(docker('ps', '-aq', '--filter', 'label=io.kubernetes.pod.name=web'), '');
});

test('Docker away: the node says so; Docker back: the node is ready and its pods run again', async () => {
  const ready = (status: string, message: RegExp): Promise<void> =>
    eventually(async () => {
      const { status: node_ } = await node.client.resource(nodeKind).get({ name: 'node-0' });
      const condition = node_?.conditions?.find((c) => c.type === 'Ready');
      assert.equal(condition?.status, status);
      assert.match(condition?.message ?? '', message);
    }, 45_000);
  await node.create('steady', { command: serve });
  await node.pod('steady', (p) => p.status?.phase === 'Running');
  await host.stop();
  await ready('False', /^container runtime is down: Cannot connect to the Docker daemon/);
  await host.start();
  await ready('True', /^kubelet is posting ready status$/);
  const again = await node.pod(
    'steady',
    (p) => (p.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0 && p.status?.containerStatuses?.[0]?.ready,
    30_000,
  );
  assert.match(again.status?.podIP ?? '', /^10\.244\.250\./);
});
