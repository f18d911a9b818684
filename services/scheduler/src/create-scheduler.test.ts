import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, namespaceKind, nodeKind, type Pod, podKind, serviceKind } from '@t8s/api';
import { isStatus, serviceUnavailable } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';
import { defaultConfiguration } from './config/scheduler-configuration.ts';
import { createScheduler } from './create-scheduler.ts';
import { testNode, testPod } from './test-objects.ts';

const { profiles } = defaultConfiguration();

async function withScheduler(client: FakeClient, run: () => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const scheduler = createScheduler({ client, log: silentLogger, profiles });
  const ends = [scheduler.follow(abort.signal), scheduler.schedule(abort.signal)];
  try {
    await run();
  } finally {
    abort.abort();
    await Promise.all(ends);
  }
}

const podsOf = async (client: FakeClient): Promise<Pod[]> => (await client.resource(podKind).list()).items;

test('pods are bound, with an event; those of other schedulers are left alone', async () => {
  const client = new FakeClient();
  await client.resource(nodeKind).create(testNode({ name: 'node-0' }));
  await client.resource(podKind).create(testPod({ name: 'before' }));
  await client.resource(podKind).create(testPod({ name: 'other', schedulerName: 'mine' }));
  await withScheduler(client, async () => {
    await client.resource(podKind).create(testPod({ name: 'after', schedulerName: 'default-scheduler' }));
    await eventually(async () => {
      assert.deepEqual(
        (await podsOf(client)).map((pod) => [pod.metadata.name, pod.spec.nodeName]),
        [
          ['before', 'node-0'],
          ['other', undefined],
          ['after', 'node-0'],
        ],
      );
    });
  });
  const events = (await client.resource(eventKind).list()).items;
  assert.deepEqual(
    events.map(({ type, reason, message, source }) => [type, reason, message, source?.component]),
    ['before', 'after'].map((name) => ['Normal', 'Scheduled', `Successfully assigned default/${name} to node-0`, 'default-scheduler']),
  );
});

test('a pod that fits nowhere says why, and is placed when room is made', async () => {
  const client = new FakeClient();
  await client.resource(nodeKind).create(testNode({ name: 'node-0', cpu: '1' }));
  await client.resource(podKind).create(testPod({ name: 'first', cpu: '1' }));
  await withScheduler(client, async () => {
    await eventually(async () => assert.equal((await podsOf(client))[0]?.spec.nodeName, 'node-0'));
    await client.resource(podKind).create(testPod({ name: 'second', cpu: '1' }));
    const message =
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.';
    await eventually(async () => {
      const condition = (await podsOf(client))[1]?.status?.conditions?.[0];
      assert.deepEqual(
        [condition?.type, condition?.status, condition?.reason, condition?.message],
        ['PodScheduled', 'False', 'Unschedulable', message],
      );
      const events = (await client.resource(eventKind).list()).items;
      assert.ok(events.some((event) => event.reason === 'FailedScheduling' && event.message === message && event.type === 'Warning'));
    });
    await client.resource(podKind).delete({ namespace: 'default', name: 'first' });
    await eventually(async () => assert.equal((await podsOf(client))[0]?.spec.nodeName, 'node-0'));
  });
});

test('a binding that fails gives the room back, and is tried again', async () => {
  const client = new FakeClient();
  await client.resource(nodeKind).create(testNode({ name: 'node-0', cpu: '1' }));
  await client.resource(podKind).create(testPod({ name: 'unlucky', cpu: '1', priority: 1 }));
  let refused = 0;
  client.onAction(({ verb, resource, name }) => {
    if (verb === 'create' && resource === 'pods/binding' && name === 'unlucky' && refused++ === 0) throw serviceUnavailable('etcd is away');
  });
  await withScheduler(client, async () => {
    await eventually(async () => {
      const { reason, message } = (await podsOf(client))[0]?.status?.conditions?.[0] ?? {};
      assert.deepEqual([reason, message], ['SchedulerError', 'running Bind plugin "DefaultBinder": etcd is away']);
    });
    await client.resource(podKind).create(testPod({ name: 'quick', cpu: '1' }));
    await eventually(async () => {
      assert.equal((await podsOf(client))[1]?.spec.nodeName, 'node-0', 'the room is free while the other backs off');
    });
    await client
      .resource(podKind)
      .delete({ namespace: 'default', name: 'quick' })
      .catch((error: unknown) => {
        if (!isStatus(error, 'NotFound')) throw error;
      });
    await eventually(async () => assert.equal((await podsOf(client))[0]?.spec.nodeName, 'node-0'));
  });
});

const onHost = (name: string, zone: string) =>
  testNode({ name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone } });

test('the pods of a service are spread over the nodes', async () => {
  const client = new FakeClient();
  for (const name of ['node-0', 'node-1']) await client.resource(nodeKind).create(onHost(name, 'x'));
  const metadata = { namespace: 'default', name: 'web' };
  await client.resource(serviceKind).create({ metadata, spec: { selector: { app: 'web' } } });
  // Makes node-0 the worse choice for each pod that is not spread.
  await client.resource(podKind).create(testPod({ name: 'big', cpu: '400m', nodeName: 'node-0' }));
  for (let i = 0; i < 4; i++) await client.resource(podKind).create(testPod({ name: `web-${i}`, cpu: '1m', labels: { app: 'web' } }));
  await withScheduler(client, async () => {
    await eventually(async () => {
      const nodes = (await podsOf(client)).slice(1).map((pod) => pod.spec.nodeName ?? '');
      assert.deepEqual(nodes.sort(), ['node-0', 'node-0', 'node-1', 'node-1']);
    });
  });
});

test('a pod that waits for others, or for their going, is tried when that happens on another node or to a namespace', async () => {
  const client = new FakeClient();
  for (const name of ['node-0', 'node-1']) await client.resource(nodeKind).create(onHost(name, 'x'));
  const zone = 'topology.kubernetes.io/zone';
  const term = (app: string) => ({ topologyKey: zone, labelSelector: { matchLabels: { app } } });
  const away = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('db')] } };
  const near = {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ ...term('db'), namespaceSelector: { matchLabels: { stage: 'prod' } } }],
    },
  };
  await client.resource(podKind).create(testPod({ name: 'db', labels: { app: 'db' }, nodeName: 'node-0' }));
  await client.resource(podKind).create(testPod({ name: 'shy', affinity: away }));
  const namespace = await client.resource(namespaceKind).create({ metadata: { name: 'other' }, spec: {} });
  const podOf = async (name: string) => (await podsOf(client)).find((pod) => pod.metadata.name === name);
  await withScheduler(client, async () => {
    await eventually(async () => {
      const message = (await podOf('shy'))?.status?.conditions?.[0]?.message ?? '';
      assert.match(message, /2 node\(s\) didn't match pod anti-affinity rules/);
    });
    await client.resource(podKind).delete({ namespace: 'default', name: 'db' });
    await eventually(async () => assert.ok((await podOf('shy'))?.spec.nodeName), 5000);

    await client.resource(podKind).create(testPod({ name: 'fond', affinity: near }));
    await client.resource(podKind).create(testPod({ name: 'db', namespace: 'other', labels: { app: 'db' } }));
    await eventually(async () => {
      const message = (await podOf('fond'))?.status?.conditions?.[0]?.message ?? '';
      assert.match(message, /2 node\(s\) didn't match pod affinity rules/);
    });
    await client.resource(namespaceKind).update({ ...namespace, metadata: { ...namespace.metadata, labels: { stage: 'prod' } } });
    await eventually(async () => assert.ok((await podOf('fond'))?.spec.nodeName), 5000);
  });
});
