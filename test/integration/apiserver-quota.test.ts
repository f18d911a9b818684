/** ResourceQuotas on real apiservers, counted by the real controller. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { namespaceKind, podKind, resourceQuotaKind, serviceAccountKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type Apiserver, type Cluster, freePort, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';

const program = resolve(import.meta.dirname, '../../../services/controller-manager/dist/main.js');
const room = 50;
let cluster: Cluster;
let second: Apiserver;
let manager: ChildProcess;
let output = '';

before(async () => {
  cluster = await startCluster();
  second = await cluster.startApiserver();
  // Writes the kubeconfig, too.
  await kubectlOf(cluster);
  const flags = ['--leader-elect=false', `--healthz-port=${await freePort()}`, '--controllers=resourcequota-controller'];
  manager = spawn(process.execPath, [program, `--kubeconfig=${cluster.pki.file('admin.conf')}`, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  manager.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
});
after(async () => {
  if (manager.exitCode === null) {
    manager.kill('SIGTERM');
    await once(manager, 'exit');
  }
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
      for (const { status } of items) assert.deepEqual(status, { hard, used: { pods: '0', 'requests.cpu': '0' } }, output);
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
