/** Schedulers as processes on a real apiserver: preemption, profiles, and two that want the same. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import {
  eventKind,
  nodeKind,
  type Pod,
  type PodSpec,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podDisruptionBudgetKind,
  podKind,
  priorityClassKind,
  storageClassKind,
} from '@t8s/api';
import type { Client } from '@t8s/client';
import { eventually } from '@t8s/testkit';
import { type Component, startComponent } from './component.ts';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
const started: Component[] = [];
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  await admin.resource(priorityClassKind).create({ metadata: { name: 'high' }, value: 1000 });
});
after(async () => {
  for (const component of started) await component.stop();
  await cluster.stop();
});

async function start(config = ''): Promise<Component> {
  const file = cluster.pki.file(`scheduler-${started.length}.yaml`);
  await writeFile(file, `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n${config}`);
  const scheduler = await startComponent(cluster, 'scheduler', [`--config=${file}`]);
  started.push(scheduler);
  return scheduler;
}

/** A node that is ready, for the pods of one test alone. */
async function createNode(name: string, of: string, cpu = '2'): Promise<void> {
  const capacity = { cpu, memory: '8Gi', pods: '110' };
  const status = { capacity, allocatable: capacity, conditions: [{ type: 'Ready', status: 'True' }] };
  await admin.resource(nodeKind).create({ metadata: { name, labels: { of, 'kubernetes.io/hostname': name } }, spec: {}, status });
  await admin.resource(nodeKind).patch({ name }, { type: 'merge', body: { spec: { taints: null } } });
}

const pods = () => admin.resource(podKind);

async function createPod(name: string, of: string, { cpu = '1', ...spec }: Partial<PodSpec> & { cpu?: string } = {}): Promise<Pod> {
  const containers = [{ name: 'c', image: 'app', resources: { requests: { cpu } } }];
  const metadata = { namespace: 'default', name, labels: { app: name } };
  return pods().create({ metadata, spec: { containers, nodeSelector: { of }, ...spec } });
}

const find = (name: string): Promise<Pod> => pods().get({ namespace: 'default', name });
const nodeOf = async (name: string): Promise<string | undefined> => (await find(name)).spec.nodeName;
const conditionOf = async (name: string) => (await find(name)).status?.conditions?.find(({ type }) => type === 'PodScheduled');

test('a pod of high priority takes the place of one that no budget protects, when that has gone', async () => {
  const scheduler = await start();
  for (const name of ['p-0', 'p-1']) await createNode(name, 'preempt');
  await createPod('protected', 'preempt', { cpu: '2' });
  await eventually(async () => assert.ok(await nodeOf('protected'), scheduler.output()), 20_000);
  await createPod('free', 'preempt', { cpu: '2' });
  await eventually(async () => assert.ok(await nodeOf('free')));
  const budget = await admin.resource(podDisruptionBudgetKind).create({
    metadata: { namespace: 'default', name: 'protected' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'protected' } } },
  });
  await admin.resource(podDisruptionBudgetKind).updateStatus({
    ...budget,
    status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, observedGeneration: 1 },
  });
  const node = await nodeOf('free');
  await createPod('urgent', 'preempt', { cpu: '2', priorityClassName: 'high' });

  await eventually(async () => assert.ok((await find('free')).metadata.deletionTimestamp));
  const free = await find('free');
  const condition = free.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  assert.deepEqual([condition?.status, condition?.reason], ['True', 'PreemptionByScheduler']);
  assert.equal(free.metadata.deletionGracePeriodSeconds, 30);
  const urgent = await find('urgent');
  assert.deepEqual([urgent.status?.nominatedNodeName, urgent.spec.nodeName], [node, undefined]);
  assert.match((await conditionOf('urgent'))?.message ?? '', /^0\/2 nodes are available: 2 Insufficient cpu\.$/);
  await eventually(async () => {
    const preempted = (await admin.resource(eventKind).list({ namespace: 'default' })).items.find(({ reason }) => reason === 'Preempted');
    assert.equal(preempted?.message, `Preempted by pod ${urgent.metadata.uid} on node ${node}`);
  });

  await createPod('hopeful', 'preempt', { cpu: '1' });
  const says = (part: string) => eventually(async () => assert.ok((await conditionOf('hopeful'))?.message?.includes(part)));
  await says('no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.');
  await pods().delete({ namespace: 'default', name: 'free' }, { gracePeriodSeconds: 0 });
  await eventually(async () => assert.equal(await nodeOf('urgent'), node), 10_000);
  assert.equal(await nodeOf('hopeful'), undefined);
  assert.equal((await find('protected')).metadata.deletionTimestamp, undefined);

  const metrics = await (await fetch(`http://127.0.0.1:${scheduler.port}/metrics`)).text();
  assert.match(metrics, /^scheduler_preemption_victims_sum 1$/m);
  assert.match(metrics, /^scheduler_unschedulable_pods\{plugin="NodeResourcesFit",profile="default-scheduler"\} 1$/m);
  await scheduler.stop();
});

test('profiles place pods by their schedulerName, each in its own way; nobody else is touched', async () => {
  const scheduler = await start(`
profiles:
- schedulerName: pack
  pluginConfig:
  - {name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 1}]}}}
  plugins: {score: {disabled: [{name: NodeResourcesBalancedAllocation}]}}
- schedulerName: only-last
  pluginConfig:
  - name: NodeAffinity
    args:
      addedAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [m-2]}]}]
`);
  for (const name of ['m-0', 'm-1', 'm-2']) await createNode(name, 'many', '4');
  await createPod('seed', 'many', { nodeName: 'm-1', cpu: '2' });
  for (const i of [0, 1]) await createPod(`pack-${i}`, 'many', { schedulerName: 'pack' });
  await createPod('last', 'many', { schedulerName: 'only-last' });
  await createPod('other', 'many', { schedulerName: 'not-there' });
  await eventually(
    async () => assert.deepEqual(await Promise.all(['pack-0', 'pack-1', 'last'].map(nodeOf)), ['m-1', 'm-1', 'm-2'], scheduler.output()),
    20_000,
  );
  assert.equal(await nodeOf('other'), undefined);
  await createPod('too-big', 'many', { schedulerName: 'only-last', cpu: '4' });
  await eventually(async () => {
    const message = (await conditionOf('too-big'))?.message ?? '';
    assert.match(message, /node\(s\) didn't match scheduler-enforced node affinity/);
  });
  const reporters = (await admin.resource(eventKind).list({ namespace: 'default' })).items
    .filter(({ reason, involvedObject: { name = '' } }) => reason === 'Scheduled' && /^(pack|last)/.test(name))
    .map(({ involvedObject, source }) => [involvedObject.name, source?.component]);
  assert.deepEqual(reporters.sort(), [
    ['last', 'only-last'],
    ['pack-0', 'pack'],
    ['pack-1', 'pack'],
  ]);
  await scheduler.stop();
});

test('two schedulers for the same pods: each pod is bound once, by either, and both end up agreeing', async () => {
  for (let i = 0; i < 4; i++) await createNode(`r-${i}`, 'race', '20');
  const both = await Promise.all([start(), start()]);
  const names = Array.from({ length: 60 }, (_, i) => `race-${i}`);
  await Promise.all(names.map((name) => createPod(name, 'race')));
  const placed = async () =>
    (await pods().list({ namespace: 'default' })).items.filter(({ metadata }) => metadata.name?.startsWith('race-'));
  await eventually(async () => assert.ok((await placed()).every(({ spec }) => spec.nodeName)), 30_000);
  const scheduled = async () =>
    (await admin.resource(eventKind).list({ namespace: 'default' })).items.filter(
      ({ reason, involvedObject: { name = '' } }) => reason === 'Scheduled' && name.startsWith('race-'),
    );
  await eventually(async () => assert.equal((await scheduled()).length, names.length));
  for (const { status, metadata } of await placed()) {
    const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
    assert.equal(condition?.status, 'True', `${metadata.name}: ${condition?.message}`);
  }
  // What the loser assumed it has given back, and neither holds a pod that the other has placed.
  const known = async ({ port }: Component): Promise<string[]> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const lines = text
      .split('\n')
      .filter((line) => /^scheduler_(cache_size\{type="(pods|assumed_pods)"|pending_pods\{queue="(active|backoff)")/.test(line));
    return lines.map((line) => line.slice(line.indexOf('"') + 1).replace('"}', ''));
  };
  const bound = (await pods().list()).items.filter(({ spec }) => spec.nodeName).length;
  for (const scheduler of both)
    await eventually(async () =>
      assert.deepEqual((await known(scheduler)).sort(), ['active 0', 'assumed_pods 0', 'backoff 0', `pods ${bound}`], scheduler.output()),
    );
  for (const scheduler of both) assert.equal(await scheduler.stop(), 0);
});

test('a pod that goes while its volume is bound, which nobody does here, leaves the volume to others', async () => {
  const scheduler = await start();
  await createNode('v-0', 'volumes');
  const later = { metadata: { name: 'later' }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' };
  await admin.resource(storageClassKind).create(later);
  const spec = { storageClassName: 'later', accessModes: ['ReadWriteOnce'] };
  const volumes = admin.resource(persistentVolumeKind);
  const volume = { ...spec, capacity: { storage: '1Gi' }, hostPath: { path: '/v' } };
  await volumes.create({ metadata: { name: 'v' }, spec: volume });
  await volumes.patch({ name: 'v' }, { type: 'merge', subresource: 'status', body: { status: { phase: 'Available' } } });
  const createUser = async (name: string): Promise<void> => {
    const metadata = { namespace: 'default', name };
    const resources = { requests: { storage: '1Gi' } };
    await admin.resource(persistentVolumeClaimKind).create({ metadata, spec: { ...spec, resources } });
    await createPod(name, 'volumes', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: name } }] });
  };
  const isFor = async (name: string): Promise<void> =>
    assert.equal((await volumes.get({ name: 'v' })).spec.claimRef?.name, name, scheduler.output());
  await createUser('goes');
  await eventually(() => isFor('goes'), 20_000);
  await pods().delete({ namespace: 'default', name: 'goes' });
  await volumes.patch({ name: 'v' }, { type: 'merge', body: { spec: { claimRef: null } } });
  await createUser('comes');
  await eventually(() => isFor('comes'), 20_000);
  await scheduler.stop();
});

test('a configuration that is wrong ends the process with file, field and reason', async () => {
  const scheduler = await start('percentageOfNodesToScore: 101\nprofiles: [{plugins: {score: {enabled: [{name: Best}]}}}]\n');
  assert.equal(await scheduler.ended, 2);
  const lines = scheduler
    .output()
    .trim()
    .split('\n')
    .map((line) => line.replace(/\S*\/(scheduler-\d+.yaml)/, 'FILE'));
  assert.deepEqual(lines, [
    'kube-scheduler: FILE: percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]',
    'FILE: profiles[0].plugins.score.enabled[0].name: Not found: "Best"',
  ]);
});
