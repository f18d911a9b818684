import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes, ResourceAttributes } from '../attributes.ts';
import { RbacPolicy } from '../rbac-policy.ts';
import { defaultClusterRoleBindings, defaultClusterRoles, defaultRoleBindings, defaultRoles } from './default-policy.ts';

function policy(): RbacPolicy {
  const rbac = new RbacPolicy();
  for (const role of defaultClusterRoles) rbac.set('clusterroles', role.metadata.name ?? '', role);
  for (const binding of defaultClusterRoleBindings) rbac.set('clusterrolebindings', binding.metadata.name ?? '', binding);
  for (const role of defaultRoles) rbac.set('roles', `${role.metadata.namespace}/${role.metadata.name}`, role);
  for (const binding of defaultRoleBindings) rbac.set('rolebindings', `${binding.metadata.namespace}/${binding.metadata.name}`, binding);
  return rbac;
}

const as = (
  name: string,
  verb: string,
  resource: string,
  { groups = [], ...more }: Partial<ResourceAttributes> & { groups?: string[] } = {},
): Attributes => ({
  user: { name, groups },
  verb,
  group: '',
  resource,
  subresource: '',
  name: '',
  namespace: 'default',
  ...more,
});

test('components may do their work and no more', () => {
  const rbac = policy();
  const may = (attributes: Attributes): boolean => rbac.authorize(attributes).decision === 'allow';
  const controller = (name: string): string => `system:serviceaccount:kube-system:${name}`;
  const lease = { group: 'coordination.k8s.io', namespace: 'kube-system' };
  for (const allowed of [
    as('system:kube-scheduler', 'create', 'pods', { subresource: 'binding' }),
    as('system:kube-scheduler', 'update', 'leases', { ...lease, name: 'kube-scheduler' }),
    as('system:kube-proxy', 'watch', 'endpointslices', { group: 'discovery.k8s.io' }),
    as('system:kube-controller-manager', 'list', 'anything', { group: 'example.com' }),
    as(controller('replicaset-controller'), 'create', 'pods'),
    as(controller('generic-garbage-collector'), 'delete', 'anything', { group: 'example.com' }),
    as('anybody', 'create', 'selfsubjectreviews', { group: 'authentication.k8s.io', namespace: '', groups: ['system:authenticated'] }),
    as('root', 'delete', 'nodes', { groups: ['system:masters'] }),
  ])
    assert.ok(may(allowed), JSON.stringify(allowed));
  for (const refused of [
    as('system:kube-scheduler', 'create', 'pods'),
    as('system:kube-scheduler', 'get', 'secrets'),
    as('system:kube-proxy', 'get', 'secrets'),
    as('system:kube-controller-manager', 'create', 'pods'),
    as('system:node:node-0', 'get', 'secrets', { groups: ['system:nodes'] }),
    as(controller('replicaset-controller'), 'create', 'secrets'),
    as('anybody', 'list', 'pods', { groups: ['system:authenticated'] }),
  ])
    assert.ok(!may(refused), JSON.stringify(refused));
});

test('the unknown read health and version, the known discovery too', () => {
  const rbac = policy();
  const may = (path: string, who: string): boolean =>
    rbac.authorize({ user: { name: 'x', groups: [who] }, verb: 'get', path }).decision === 'allow';
  assert.deepEqual(
    ['/healthz', '/version', '/apis', '/metrics'].map((path) => [may(path, 'system:unauthenticated'), may(path, 'system:authenticated')]),
    [
      [true, true],
      [true, true],
      [false, true],
      [false, false],
    ],
  );
});

test('names come once, and every binding leads to a role', () => {
  for (const objects of [defaultClusterRoles, defaultClusterRoleBindings])
    assert.equal(new Set(objects.map(({ metadata }) => metadata.name)).size, objects.length);
  const roles = new Set(defaultClusterRoles.map(({ metadata }) => metadata.name));
  for (const { roleRef } of defaultClusterRoleBindings) assert.ok(roles.has(roleRef.name), roleRef.name);
});
