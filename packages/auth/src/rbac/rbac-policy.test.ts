import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacSubject, Role, RoleBinding } from '@t8s/api';
import type { Attributes, ResourceAttributes } from './attributes.ts';
import { RbacPolicy } from './rbac-policy.ts';

const clusterRole = (name: string, rules: PolicyRule[]): ClusterRole => ({ metadata: { name }, rules });
const role = (name: string, rules: PolicyRule[]): Role => ({ metadata: { name, namespace: 'a' }, rules });
const user = (name: string): RbacSubject => ({ kind: 'User', name });

function binding(kind: string, subjects: RbacSubject[], { name = kind.toLowerCase(), namespace = '' } = {}): RoleBinding {
  return {
    metadata: { name, ...(namespace && { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'reader' },
    subjects,
  };
}

const asks = (name: string, attributes: Partial<ResourceAttributes> = {}, groups: string[] = []): Attributes => ({
  user: { name, groups },
  verb: 'get',
  group: '',
  resource: 'pods',
  subresource: '',
  name: 'x',
  namespace: 'a',
  ...attributes,
});

const readPods: PolicyRule[] = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];

function policy(): RbacPolicy {
  const rbac = new RbacPolicy();
  rbac.set('roles', 'a/reader', role('reader', readPods));
  rbac.set('rolebindings', 'a/role', binding('Role', [user('ann'), { kind: 'ServiceAccount', name: 'bot' }], { namespace: 'a' }));
  rbac.set('clusterroles', 'reader', clusterRole('reader', [{ apiGroups: ['*'], resources: ['*/log', 'nodes'], verbs: ['*'] }]));
  rbac.set('clusterrolebindings', 'all', binding('ClusterRole', [{ kind: 'Group', name: 'ops' }], { name: 'all' }) as ClusterRoleBinding);
  return rbac;
}

test('a role binding holds in its namespace, for users and service accounts, and says by what', () => {
  const rbac = policy();
  assert.deepEqual(rbac.authorize(asks('ann')), {
    decision: 'allow',
    reason: 'RBAC: allowed by RoleBinding "role/a" of Role "reader" to User "ann"',
  });
  assert.equal(
    rbac.authorize(asks('system:serviceaccount:a:bot')).reason,
    'RBAC: allowed by RoleBinding "role/a" of Role "reader" to ServiceAccount "bot/"',
  );
  for (const other of [
    { namespace: 'b' },
    { namespace: '' },
    { verb: 'delete' },
    { resource: 'secrets' },
    { group: 'apps' },
    { subresource: 'log' },
  ])
    assert.deepEqual(rbac.authorize(asks('ann', other)), { decision: 'no-opinion', reason: '' }, JSON.stringify(other));
});

test('a cluster role binding holds everywhere; a star before the slash is any resource', () => {
  const rbac = policy();
  for (const attributes of [
    { subresource: 'log' },
    { resource: 'nodes', namespace: '' },
    { group: 'x', resource: 'y', subresource: 'log', namespace: 'z' },
  ])
    assert.equal(rbac.authorize(asks('eve', attributes, ['ops'])).decision, 'allow', JSON.stringify(attributes));
  assert.equal(rbac.authorize(asks('eve', {}, ['ops'])).decision, 'no-opinion');
});

test('a role that is gone is named; a binding that is changed or gone grants nothing', () => {
  const rbac = policy();
  rbac.set('roles', 'a/reader', undefined);
  assert.equal(rbac.authorize(asks('ann')).reason, 'RBAC: role.rbac.authorization.k8s.io "reader" not found');
  rbac.set('rolebindings', 'a/role', binding('Role', [user('bob')], { namespace: 'a' }));
  assert.equal(rbac.authorize(asks('ann')).reason, '');
  rbac.set('rolebindings', 'a/role', undefined);
  assert.equal(rbac.authorize(asks('bob')).reason, '');
});

test('what changes after a question holds for the next one', () => {
  const rbac = policy();
  const may = (resource: string): boolean => rbac.authorize(asks('ann', { resource })).decision === 'allow';
  assert.deepEqual([may('pods'), may('secrets')], [true, false]);
  const secrets = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
  rbac.set('rolebindings', 'a/more', {
    ...binding('Role', [user('ann')], { namespace: 'a' }),
    roleRef: { apiGroup: '', kind: 'Role', name: 'more' },
  });
  assert.equal(rbac.authorize(asks('ann', { resource: 'secrets' })).reason, 'RBAC: role.rbac.authorization.k8s.io "more" not found');
  rbac.set('roles', 'a/more', role('more', secrets));
  assert.deepEqual([may('pods'), may('secrets')], [true, true]);
  rbac.set('roles', 'a/reader', role('reader', secrets));
  assert.deepEqual([may('pods'), may('secrets')], [false, true]);
  rbac.set('rolebindings', 'a/more', undefined);
  rbac.set('roles', 'a/reader', role('reader', readPods));
  assert.deepEqual([may('pods'), may('secrets')], [true, false]);
});

test('a rule for names allows these only, and no list', () => {
  const rbac = policy();
  rbac.set('roles', 'a/reader', role('reader', [{ apiGroups: [''], resources: ['pods'], resourceNames: ['x'], verbs: ['*'] }]));
  assert.equal(rbac.authorize(asks('ann')).decision, 'allow');
  assert.equal(rbac.authorize(asks('ann', { name: 'y' })).decision, 'no-opinion');
  assert.equal(rbac.authorize(asks('ann', { verb: 'list', name: '' })).decision, 'no-opinion');
});

test('paths: equal, or below a star', () => {
  const rbac = policy();
  rbac.set('clusterroles', 'reader', clusterRole('reader', [{ nonResourceURLs: ['/healthz', '/metrics/*'], verbs: ['get'] }]));
  const may = (path: string, verb = 'get'): boolean =>
    rbac.authorize({ user: { name: 'eve', groups: ['ops'] }, verb, path }).decision === 'allow';
  assert.deepEqual(
    [may('/healthz'), may('/metrics/x'), may('/healthz/x'), may('/metrics'), may('/healthz', 'post')],
    [true, true, false, false, false],
  );
});
