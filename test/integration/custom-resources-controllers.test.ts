/** The controllers that work on every kind, on custom resources: a namespace takes them with it, and so does an owner. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { configMapKind, namespaceKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type ControllerManager, startControllerManager } from './controller-manager.ts';
import { cronTab, cronTabs, define, definition, version } from './cron-tabs.ts';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
let manager: ControllerManager;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  manager = await startControllerManager(cluster, ['--controllers=namespace-controller,garbage-collector-controller']);
});
after(async () => {
  await manager.stop();
  await cluster.stop();
});

const isGone = async (asked: Promise<unknown>): Promise<void> => {
  const found = await asked.catch((error: unknown) => error);
  assert.ok(isStatus(found, 'NotFound'), `${JSON.stringify(found)}\n${manager.output()}`);
};

test('a namespace takes its custom resources with it, those of a version that its group prefers not among them', async () => {
  const group = 'emptied.example.com';
  await define(admin, definition(group, [version('v1beta1')]));
  const preferred = definition(group, [version('v1')], {
    plural: 'newer',
    singular: 'new',
    kind: 'New',
    listKind: 'NewList',
    shortNames: [],
    categories: [],
  });
  preferred.metadata.name = `newer.${group}`;
  await define(admin, preferred);
  await admin.resource(namespaceKind).create({ metadata: { name: 'full' }, spec: {} });
  const inside = cronTab(group, 'a', {}, `${group}/v1beta1`);
  inside.metadata.namespace = 'full';
  await cronTabs(admin, group, 'v1beta1').create(inside);
  await admin.resource(namespaceKind).delete({ name: 'full' });
  await eventually(() => isGone(admin.resource(namespaceKind).get({ name: 'full' })), 20_000);
  assert.deepEqual((await cronTabs(admin, group, 'v1beta1').list()).items, []);
});

test('owners and dependents of kinds that were not there when the collector began', async () => {
  const group = 'owned.example.com';
  await define(admin, definition(group));
  const owner = await cronTabs(admin, group).create(cronTab(group, 'owner'));
  const ownerReferences = [
    { apiVersion: `${group}/v1`, kind: 'CronTab', name: 'owner', uid: owner.metadata.uid ?? '', blockOwnerDeletion: true },
  ];
  await admin.resource(configMapKind).create({ metadata: { name: 'owned', namespace: 'default', ownerReferences } });
  const owned = cronTab(group, 'owned');
  owned.metadata.ownerReferences = ownerReferences;
  await cronTabs(admin, group).create(owned);
  await cronTabs(admin, group).delete({ namespace: 'default', name: 'owner' }, { propagationPolicy: 'Foreground' });
  for (const gone of ['owned', 'owner'])
    await eventually(() => isGone(cronTabs(admin, group).get({ namespace: 'default', name: gone })), 20_000);
  await isGone(admin.resource(configMapKind).get({ namespace: 'default', name: 'owned' }));
});
