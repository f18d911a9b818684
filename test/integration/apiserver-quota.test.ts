/** ResourceQuotas on real apiservers, counted by the real controller. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  namespaceKind,
  type PodSpec,
  persistentVolumeClaimKind,
  podKind,
  priorityClassKind,
  type ResourceQuotaSpec,
  resourceQuotaKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
} from '@t8s/api';
import { isStatus, type KubeObject } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type ControllerManager, startControllerManager } from './controller-manager.ts';
import { cronTab, cronTabs, define, definition } from './cron-tabs.ts';
import { type Apiserver, type Cluster, startCluster } from './harness.ts';

const room = 50;
let cluster: Cluster;
let second: Apiserver;
let manager: ControllerManager;

before(async () => {
  cluster = await startCluster();
  second = await cluster.startApiserver();
  manager = await startControllerManager(cluster, ['--controllers=resourcequota-controller']);
});
after(async () => {
  await manager.stop();
  await cluster.stop();
});

test('200 creates at once through two apiservers never exceed a quota, and none is stuck', { timeout: 120_000 }, async () => {
  const { admin } = cluster.api;
  const namespace = 'crowded';
  await admin.resource(namespaceKind).create({ metadata: { name: namespace }, spec: {} });
  await admin.resource(serviceAccountKind).create({ metadata: { name: 'default', namespace } });
  const hard = { pods: String(room), 'requests.cpu': '100' };
  const quotas = admin.resource(resourceQuotaKind);
  for (const name of ['a', 'b']) await quotas.create({ metadata: { name, namespace }, spec: { hard } });
  // Both servers see the quotas counted before anything comes.
  for (const api of [cluster.api, second])
    await eventually(async () => {
      const { items } = await api.admin.resource(resourceQuotaKind).list({ namespace });
      for (const { status } of items) assert.deepEqual(status, { hard, used: { pods: '0', 'requests.cpu': '0' } }, manager.output());
    }, 20_000);
  const container = { name: 'a', image: 'i', resources: { requests: { cpu: '1' } } };
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const pods = (i % 2 === 0 ? cluster.api : second).admin.resource(podKind);
      // Every tenth is one that is there already by then: what it was charged comes back.
      const name = i % 10 === 9 ? `p${i - 1}` : `p${i}`;
      try {
        await pods.create({ metadata: { name, namespace }, spec: { containers: [container] } });
        return 'created';
      } catch (error) {
        if (isStatus(error, 'AlreadyExists')) return 'there';
        if (isStatus(error, 'Forbidden') && (error as Error).message.includes('exceeded quota: ')) return 'refused';
        throw error;
      }
    }),
  );
  const created = outcomes.filter((outcome) => outcome === 'created').length;
  assert.ok(created <= room, `${created} created`);
  const stored = await admin.resource(podKind).list({ namespace });
  assert.equal(stored.items.length, created);
  for (const quota of (await quotas.list({ namespace })).items)
    assert.deepEqual(quota.status?.used, { pods: String(created), 'requests.cpu': String(created) });
  // What was charged in vain is free again.
  for (let i = created; i < room; i++)
    await admin.resource(podKind).create({ metadata: { name: `late${i}`, namespace }, spec: { containers: [container] } });
  await assert.rejects(
    admin.resource(podKind).create({ metadata: { name: 'one-more', namespace }, spec: { containers: [container] } }),
    /pods "one-more" is forbidden: exceeded quota: [ab], requested: pods=1, used: pods=50, limited: pods=50$/,
  );
  // What goes makes room.
  await admin.resource(podKind).delete({ namespace, name: stored.items[0]?.metadata.name ?? '' }, { gracePeriodSeconds: 0 });
  await eventually(async () => {
    await admin.resource(podKind).create({ metadata: { name: 'one-more', namespace }, spec: { containers: [container] } });
  }, 20_000);
  assert.equal((await admin.resource(podKind).list({ namespace })).items.length, room);
});

const group = 'counted.example.com';
const term = { namespaces: ['other'], topologyKey: 'kubernetes.io/hostname' };
const affinity: PodSpec['affinity'] = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
const critical = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['vital'] }] };
const gold = 'gold.storageclass.storage.k8s.io/requests.storage';

/** What a quota takes, once, and then refuses; of a scope what is outside it goes on. */
const counted: {
  quota: ResourceQuotaSpec;
  make: (name: string, namespace: string) => Promise<KubeObject>;
  beside?: Partial<PodSpec>;
  said: string;
}[] = [
  { quota: { hard: { [`count/crontabs.${group}`]: '1' } }, make: makeCronTab, said: `count/crontabs.${group}=1` },
  { quota: { hard: { 'count/secrets': '1' } }, make: makeSecret, said: 'count/secrets=1' },
  { quota: { hard: { 'services.nodeports': '1' } }, make: makeService, said: 'services.nodeports=1' },
  { quota: { hard: { [gold]: '1Gi' } }, make: makeClaim, said: `${gold}=1Gi` },
  { quota: { hard: { pods: '1' }, scopes: ['CrossNamespacePodAffinity'] }, make: makePod({ affinity }), beside: {}, said: 'pods=1' },
  { quota: { hard: { pods: '1' }, scopeSelector: critical }, make: makePod({ priorityClassName: 'vital' }), beside: {}, said: 'pods=1' },
  { quota: { hard: { pods: '1' }, scopes: ['Terminating'] }, make: makePod({ activeDeadlineSeconds: 9 }), beside: {}, said: 'pods=1' },
];

function makePod(spec: Partial<PodSpec>) {
  return (name: string, namespace: string): Promise<KubeObject> =>
    cluster.api.admin
      .resource(podKind)
      .create({ metadata: { name, namespace }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
}
function makeCronTab(name: string, namespace: string): Promise<KubeObject> {
  const made = cronTab(group, name);
  return cronTabs(cluster.api.admin, group).create({ ...made, metadata: { name, namespace } });
}
function makeSecret(name: string, namespace: string): Promise<KubeObject> {
  return cluster.api.admin.resource(secretKind).create({ metadata: { name, namespace } });
}
function makeService(name: string, namespace: string): Promise<KubeObject> {
  return cluster.api.admin
    .resource(serviceKind)
    .create({ metadata: { name, namespace }, spec: { type: 'NodePort', ports: [{ port: 80 }] } });
}
function makeClaim(name: string, namespace: string): Promise<KubeObject> {
  const spec = { storageClassName: 'gold', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  return cluster.api.admin.resource(persistentVolumeClaimKind).create({ metadata: { name, namespace }, spec });
}

test('whatever is counted, by its kind, its class or its scope', { timeout: 120_000 }, async () => {
  const { admin } = cluster.api;
  await define(admin, definition(group));
  await admin.resource(priorityClassKind).create({ metadata: { name: 'vital' }, value: 1000 });
  const places = counted.map((one, i) => ({ ...one, namespace: `counted-${i}` }));
  for (const { namespace, quota } of places) {
    await admin.resource(namespaceKind).create({ metadata: { name: namespace }, spec: {} });
    await admin.resource(serviceAccountKind).create({ metadata: { name: 'default', namespace } });
    await admin.resource(resourceQuotaKind).create({ metadata: { name: 'q', namespace }, spec: quota });
  }
  for (const { namespace, quota, make, beside, said } of places) {
    await eventually(async () => {
      const { status } = await admin.resource(resourceQuotaKind).get({ namespace, name: 'q' });
      assert.deepEqual(status?.hard, quota.hard, manager.output());
    }, 20_000);
    // The quota may be known to be counted a moment later here.
    await eventually(() => make('first', namespace));
    await assert.rejects(make('second', namespace), (error: Error) => {
      assert.ok(
        error.message.endsWith(`is forbidden: exceeded quota: q, requested: ${said}, used: ${said}, limited: ${said}`),
        error.message,
      );
      return true;
    });
    if (beside) await makePod(beside)('beside', namespace);
  }
});
