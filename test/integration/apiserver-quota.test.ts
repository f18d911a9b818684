import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { namespaceKind, podKind, resourceQuotaKind, serviceAccountKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { type Apiserver, type Cluster, startCluster } from './harness.ts';

const room = 50;
let cluster: Cluster;
let second: Apiserver;

before(async () => {
  cluster = await startCluster();
  second = await cluster.startApiserver();
});
after(() => cluster.stop());

test('200 creates at once through two apiservers never exceed a quota, and none is stuck', { timeout: 120_000 }, async () => {
  const { admin } = cluster.api;
  const namespace = 'crowded';
  await admin.resource(namespaceKind).create({ metadata: { name: namespace }, spec: {} });
  await admin.resource(serviceAccountKind).create({ metadata: { name: 'default', namespace } });
  const hard = { pods: String(room), 'requests.cpu': '100' };
  const quotas = admin.resource(resourceQuotaKind);
  for (const name of ['a', 'b']) {
    const made = await quotas.create({ metadata: { name, namespace }, spec: { hard } });
    await quotas.updateStatus({ ...made, status: { hard, used: { pods: '0', 'requests.cpu': '0' } } });
  }
  // Both see the quotas with their status before anything is counted.
  for (const api of [cluster.api, second])
    for (const quota of (await api.admin.resource(resourceQuotaKind).list({ namespace })).items) assert.deepEqual(quota.status?.hard, hard);
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
});
