import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventKind, nodeKind, type Pod, podDisruptionBudgetKind, podKind } from '@t8s/api';
import { silentLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';
import { defaultConfiguration } from '../../config/scheduler-configuration.ts';
import { createScheduler } from '../../create-scheduler.ts';
import { type TestNode, type TestPod, testNode, testPod } from '../../test-objects.ts';

interface Scene {
  nodes: TestNode[];
  /** On nodes; a pod's name is its app too. `start`: minutes after nine. */
  pods: (TestPod & { start?: number })[];
  /** Budgets by the app they protect, with how many may go. */
  budgets?: Record<string, number>;
  incoming: TestPod;
  /** The pod whose deletion takes a while; the others go at once. */
  late?: string;
}

interface Outcome {
  nominated: string | undefined;
  deleted: string[];
  message: string;
}

/** What the scheduler does for a pod that no node takes. Deleted pods stay, as with a grace period, until `check` is through. */
async function preempt(
  { nodes, pods, budgets = {}, incoming, late }: Scene,
  check: (client: FakeClient) => Promise<void> = async () => undefined,
): Promise<Outcome> {
  const client = new FakeClient();
  if (late !== undefined) {
    const resource = client.resource.bind(client);
    client.resource = (kind) => {
      const found = resource(kind);
      const remove = found.delete.bind(found);
      found.delete = async (ref, options) => {
        if (ref.name === late) await sleep(200);
        return remove(ref, options);
      };
      return found;
    };
  }
  const deleted: string[] = [];
  for (const node of nodes) await client.resource(nodeKind).create(testNode(node));
  for (const { start = 0, name = 'p', ...pod } of pods) {
    const object = testPod({ name, labels: { app: name }, ...pod });
    if (late === undefined) object.metadata.finalizers = ['test/stay'];
    object.status = { startTime: `2026-01-01T09:${String(start).padStart(2, '0')}:00Z` };
    await client.resource(podKind).create(object);
  }
  for (const [app, disruptionsAllowed] of Object.entries(budgets))
    await client.resource(podDisruptionBudgetKind).create({
      metadata: { namespace: 'default', name: app },
      spec: { selector: { matchLabels: { app } } },
      status: { disruptionsAllowed, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    });
  client.onAction(({ verb, resource, name = '' }) => void (verb === 'delete' && resource === 'pods' && deleted.push(name)));
  const abort = new AbortController();
  const { profiles } = defaultConfiguration();
  const scheduler = createScheduler({ client, log: silentLogger, profiles, random: () => 0 });
  const ends = [scheduler.follow(abort.signal), scheduler.schedule(abort.signal)];
  const find = async (): Promise<Pod> => client.resource(podKind).get({ namespace: 'default', name: 'incoming' });
  try {
    await client.resource(podKind).create(testPod({ name: 'incoming', priority: 100, ...incoming }));
    await eventually(async () => assert.equal((await find()).status?.conditions?.[0]?.reason, 'Unschedulable'));
    const { status } = await find();
    await check(client);
    return { nominated: status?.nominatedNodeName, deleted: deleted.sort(), message: status?.conditions?.[0]?.message ?? '' };
  } finally {
    abort.abort();
    await Promise.all(ends);
  }
}

const on = (nodeName: string, name: string, pod: TestPod & { start?: number } = {}) => ({ nodeName, name, cpu: '1', ...pod });
const two = [
  { name: 'a', cpu: '2' },
  { name: 'b', cpu: '2' },
];

const picks: { what: string; scene: Omit<Scene, 'nodes'>; node: string; deleted: string[] }[] = [
  {
    what: 'as few budgets are violated as can be',
    scene: {
      pods: [on('a', 'kept', { cpu: '2' }), on('b', 'free', { cpu: '2', priority: 50 })],
      budgets: { kept: 0, free: 1 },
      incoming: { cpu: '2' },
    },
    node: 'b',
    deleted: ['free'],
  },
  {
    what: 'then the highest priority of the victims is low',
    scene: {
      pods: [on('a', 'x', { cpu: '2', priority: 5 }), on('b', 'y', { priority: 4 }), on('b', 'z', { priority: 4 })],
      incoming: { cpu: '2' },
    },
    node: 'b',
    deleted: ['y', 'z'],
  },
  {
    what: 'then their sum, which grows with each of them',
    scene: { pods: [on('a', 'x', { cpu: '2', priority: 4 }), on('b', 'y', { priority: 4 }), on('b', 'z')], incoming: { cpu: '2' } },
    node: 'a',
    deleted: ['x'],
  },
  {
    what: 'then the one that has run for a shorter time',
    scene: { pods: [on('a', 'old', { cpu: '2', start: 1 }), on('b', 'young', { cpu: '2', start: 2 })], incoming: { cpu: '2' } },
    node: 'b',
    deleted: ['young'],
  },
  {
    what: 'of a node only those go that must: not the protected, not the important, not the old',
    scene: {
      pods: [
        on('a', 'protected', { cpu: '500m' }),
        on('a', 'important', { cpu: '500m', priority: 9 }),
        on('a', 'old', { cpu: '500m', start: 1 }),
        on('a', 'young', { cpu: '500m', start: 2 }),
        on('b', 'above', { cpu: '2', priority: 101 }),
      ],
      budgets: { protected: 0 },
      incoming: { cpu: '500m' },
    },
    node: 'a',
    deleted: ['young'],
  },
];

for (const { what, scene, node, deleted } of picks)
  test(`preemption: ${what}`, async () => {
    const outcome = await preempt({ nodes: two, ...scene });
    assert.deepEqual([outcome.nominated, outcome.deleted], [node, deleted]);
  });

test('an anti-affinity that victims stand in the way of is a reason to preempt', async () => {
  const term = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'x' } } };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const nodes = two.map((node) => ({ ...node, labels: { zone: node.name } }));
  const outcome = await preempt({
    nodes,
    pods: [on('a', 'x'), on('b', 'x2', { labels: { app: 'x' }, priority: 200 })],
    incoming: { affinity },
  });
  assert.deepEqual([outcome.nominated, outcome.deleted], ['a', ['x']]);
});

test('as many go as a spread over domains wants, and no more while the last of them has not gone', async () => {
  const labels = { app: 'spread' };
  const one = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: labels } };
  const resident = (node: string, name: string, pod: TestPod) => on(node, name, { ...pod, labels });
  const low = (name: string, start: number) => resident('b', name, { cpu: '600m', ...{ start } });
  const outcome = await preempt(
    {
      nodes: two.map((node) => ({ ...node, labels: { zone: node.name } })),
      pods: [resident('a', 'high', { cpu: '1800m', priority: 200 }), low('first', 1), low('second', 2), low('third', 3)],
      incoming: { cpu: '600m', labels, topologySpreadConstraints: [one] },
      late: 'third',
    },
    () => sleep(400),
  );
  assert.deepEqual([outcome.nominated, outcome.deleted], ['b', ['second', 'third']]);
});

const lacks = '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate,';
const refusals: { what: string; scene: Omit<Scene, 'nodes'>; message: string }[] = [
  {
    what: 'nobody has a lower priority',
    scene: { pods: [on('a', 'x', { cpu: '2', priority: 100 }), on('b', 'y', { cpu: '2', priority: 200 })], incoming: { cpu: '1' } },
    message: `${lacks} preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.`,
  },
  {
    what: 'it would not be enough',
    scene: { pods: [on('a', 'x'), on('a', 'z', { priority: 100 }), on('b', 'y', { cpu: '2', priority: 100 })], incoming: { cpu: '2' } },
    message: `${lacks} preemption: 0/2 nodes are available: 1 Insufficient cpu, 1 No preemption victims found for incoming pod.`,
  },
  {
    what: 'no node is big enough',
    scene: { pods: [on('a', 'x')], incoming: { cpu: '3' } },
    message: `${lacks} preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`,
  },
  {
    what: 'the policy is Never',
    scene: { pods: [on('a', 'x', { cpu: '2' }), on('b', 'y', { cpu: '2' })], incoming: { cpu: '2', preemptionPolicy: 'Never' } },
    message: `${lacks} preemption: not eligible due to preemptionPolicy=Never.`,
  },
];

for (const { what, scene, message } of refusals)
  test(`no preemption where ${what}`, async () => {
    assert.deepEqual(await preempt({ nodes: two, ...scene }), { nominated: undefined, deleted: [], message });
  });

test('a victim is marked, told, and let go gracefully; the pod waits for it and takes its place', async () => {
  const pods = [on('a', 'x', { cpu: '2' })];
  const outcome = await preempt({ nodes: [{ name: 'a', cpu: '2' }], pods, incoming: { cpu: '2' } }, async (client) => {
    const ref = { namespace: 'default', name: 'x' };
    const victim = await client.resource(podKind).get(ref);
    assert.ok(victim.metadata.deletionTimestamp);
    const [{ type, status, reason, message } = {}] = victim.status?.conditions ?? [];
    assert.deepEqual(
      [type, status, reason, message],
      ['DisruptionTarget', 'True', 'PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod'],
    );
    const incoming = { namespace: 'default', name: 'incoming' };
    const { uid } = (await client.resource(podKind).get(incoming)).metadata;
    await eventually(async () => {
      const told = (await client.resource(eventKind).list()).items.find((event) => event.reason === 'Preempted');
      assert.deepEqual([told?.involvedObject.name, told?.message], ['x', `Preempted by pod ${uid} on node a`]);
    });
    // What is not in its way: a pod of lower priority finds the room taken.
    await client.resource(podKind).create(testPod({ name: 'lower', cpu: '1', priority: 1 }));
    await client.resource(podKind).patch(ref, { type: 'merge', body: { metadata: { finalizers: null } } });
    await eventually(async () => assert.equal((await client.resource(podKind).get(incoming)).spec.nodeName, 'a'), 5000);
    assert.equal((await client.resource(podKind).get({ namespace: 'default', name: 'lower' })).spec.nodeName, undefined);
  });
  assert.deepEqual(outcome, { nominated: 'a', deleted: ['x'], message: '0/1 nodes are available: 1 Insufficient cpu.' });
});

test('a pod of higher priority takes over a nomination', async () => {
  const scene = { nodes: [{ name: 'a', cpu: '2' }], pods: [on('a', 'x', { cpu: '2' })], incoming: { cpu: '2' } };
  await preempt(scene, async (client) => {
    await client.resource(podKind).create(testPod({ name: 'higher', cpu: '2', priority: 200 }));
    const nominationOf = async (name: string) =>
      (await client.resource(podKind).get({ namespace: 'default', name })).status?.nominatedNodeName;
    await eventually(async () => assert.deepEqual([await nominationOf('higher'), await nominationOf('incoming')], ['a', undefined]));
  });
});

test('room that an earlier scheduler made is kept for whom it was made', async () => {
  const client = new FakeClient();
  await client.resource(nodeKind).create(testNode({ name: 'a', cpu: '2' }));
  await client.resource(podKind).create({
    ...testPod({ name: 'gated', cpu: '2', priority: 9, schedulingGates: [{ name: 'wait' }] }),
    status: { nominatedNodeName: 'a' },
  });
  await client.resource(podKind).create(testPod({ name: 'lower', cpu: '1' }));
  const abort = new AbortController();
  const scheduler = createScheduler({ client, log: silentLogger, profiles: defaultConfiguration().profiles });
  const ends = [scheduler.follow(abort.signal), scheduler.schedule(abort.signal)];
  const lower = async (): Promise<Pod> => client.resource(podKind).get({ namespace: 'default', name: 'lower' });
  try {
    await eventually(async () => assert.match((await lower()).status?.conditions?.[0]?.message ?? '', /1 Insufficient cpu/));
    await client.resource(podKind).delete({ namespace: 'default', name: 'gated' });
    await eventually(async () => assert.equal((await lower()).spec.nodeName, 'a'), 5000);
  } finally {
    abort.abort();
    await Promise.all(ends);
  }
});
