import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterRoleKind, type PolicyRule } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { clusterRoleAggregation } from './controller.ts';

const rule = (resource: string): PolicyRule => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
const to = (name: string): Record<string, string> => ({ [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' });
const gathers = (name: string) => ({ clusterRoleSelectors: [{ matchLabels: to(name) }] });

test('roles are made of others, and of others that are made of others, as these come and go', async () => {
  const { client, settle, stop } = await startControllers((context) => [clusterRoleAggregation(context)]);
  const roles = client.resource(clusterRoleKind);
  const rulesOf = async (name: string): Promise<PolicyRule[]> => (await roles.get({ name })).rules ?? [];
  await roles.create({ metadata: { name: 'edit' }, aggregationRule: gathers('edit') });
  await roles.create({ metadata: { name: 'view', labels: to('edit') }, aggregationRule: gathers('view') });
  await roles.create({ metadata: { name: 'b', labels: to('view') }, rules: [rule('pods'), rule('services')] });
  await roles.create({ metadata: { name: 'a', labels: to('view') }, rules: [rule('pods')] });
  await roles.create({ metadata: { name: 'c', labels: to('edit') }, rules: [rule('secrets')] });
  await settle();
  assert.deepEqual(await rulesOf('view'), [rule('pods'), rule('services')], 'each rule once');
  assert.deepEqual(await rulesOf('edit'), [rule('secrets'), rule('pods'), rule('services')]);
  await roles.delete({ name: 'b' });
  await settle();
  assert.deepEqual(await rulesOf('edit'), [rule('secrets'), rule('pods')]);
  const writes = client.actions.length;
  await settle(60_000);
  assert.equal(client.actions.length, writes, 'idle is idle');
  stop();
});
