/** Roles and bindings in front of the real apiserver: what they grant holds at once, and nothing else is let through. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clusterRoleBindingKind, clusterRoleKind, configMapKind, nodeKind, podKind, roleBindingKind, roleKind, secretKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const namespace = 'default';
const forbidden = (error: unknown): boolean => isStatus(error, 'Forbidden');

test('a binding grants what its role says, where it says so, until it goes', async () => {
  const ann = await cluster.api.client('ann');
  const pods = ann.resource(podKind);
  await assert.rejects(pods.list({ namespace }), {
    message: 'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "default"',
  });
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
  await admin.resource(roleKind).create({ metadata: { namespace, name: 'reader' }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
  await admin
    .resource(roleBindingKind)
    .create({ metadata: { namespace, name: 'ann' }, roleRef, subjects: [{ kind: 'User', name: 'ann' }] });
  await eventually(() => pods.list({ namespace }));
  await assert.rejects(pods.list({ namespace: 'kube-system' }), forbidden);
  await assert.rejects(ann.resource(secretKind).list({ namespace }), forbidden);
  await admin.resource(roleKind).delete({ namespace, name: 'reader' });
  await eventually(() =>
    assert.rejects(pods.list({ namespace }), {
      message:
        'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "default": RBAC: role.rbac.authorization.k8s.io "reader" not found',
    }),
  );
});

test('default roles come back when somebody takes from them, unless they are told not to', async () => {
  const roles = admin.resource(clusterRoleKind);
  const edited = await roles.get({ name: 'system:discovery' });
  const given = edited.rules;
  await roles.update({ ...edited, rules: [] });
  const kept = await roles.get({ name: 'system:monitoring' });
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
  await roles.update({ ...kept, metadata: { ...kept.metadata, annotations }, rules: [] });
  await admin.resource(clusterRoleBindingKind).delete({ name: 'system:basic-user' });
  await cluster.startApiserver();
  await eventually(async () => {
    const { rules = [] } = await roles.get({ name: 'system:discovery' });
    assert.deepEqual(rules.flatMap(({ nonResourceURLs = [] }) => nonResourceURLs).sort(), given?.[0]?.nonResourceURLs);
  });
  assert.deepEqual((await roles.get({ name: 'system:monitoring' })).rules ?? [], []);
  await eventually(() => admin.resource(clusterRoleBindingKind).get({ name: 'system:basic-user' }));
});

test('a node reaches the secrets of its own pods, and its own node', async () => {
  const kubelet = await cluster.api.client('system:node:n1', ['system:nodes']);
  for (const name of ['n1', 'n2']) await admin.resource(nodeKind).create({ metadata: { name }, spec: {} });
  for (const name of ['mine', 'other']) await admin.resource(secretKind).create({ metadata: { namespace, name } });
  await admin.resource(configMapKind).create({ metadata: { namespace, name: 'settings' } });
  const volumes = [{ name: 's', secret: { secretName: 'mine' } }];
  await admin.resource(podKind).create({
    metadata: { namespace, name: 'p' },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], volumes },
  });
  await eventually(() => kubelet.resource(secretKind).get({ namespace, name: 'mine' }));
  await assert.rejects(kubelet.resource(secretKind).get({ namespace, name: 'other' }), {
    message:
      'secrets "other" is forbidden: User "system:node:n1" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node \'n1\' and this object',
  });
  await assert.rejects(kubelet.resource(configMapKind).get({ namespace, name: 'settings' }), forbidden);
  await kubelet.resource(nodeKind).list({ fieldSelector: 'metadata.name=n1' });
  await assert.rejects(kubelet.resource(nodeKind).list(), forbidden);
  await kubelet.resource(podKind).list({ fieldSelector: 'spec.nodeName=n1' });
  await assert.rejects(kubelet.resource(podKind).list(), forbidden);
});

test('nobody grants what they do not hold, unless they may escalate or bind', async () => {
  const roleRef = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });
  const subjects = [{ kind: 'User', name: 'bob' }];
  await admin.resource(roleBindingKind).create({ metadata: { namespace, name: 'bob' }, roleRef: roleRef('manager'), subjects });
  const manage = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['*'] };
  const manager = { metadata: { name: 'manager' }, rules: [{ ...manage, verbs: ['create', 'update'] }] };
  await admin.resource(clusterRoleKind).create(manager);
  const bob = await cluster.api.client('bob', ['devs']);
  const role = (name: string) => ({
    metadata: { namespace, name },
    rules: [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', 'list'] }],
  });
  await eventually(() => assert.rejects(bob.resource(roleKind).create(role('more')), /is attempting to grant/));
  await assert.rejects(bob.resource(roleKind).create(role('more')), {
    message:
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "bob" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
      '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
  });
  const grab = { metadata: { namespace, name: 'grab' }, roleRef: roleRef('cluster-admin'), subjects };
  await assert.rejects(
    bob.resource(roleBindingKind).create(grab),
    /rolebindings.rbac.authorization.k8s.io "grab" is forbidden: user "bob"/,
  );
  await assert.rejects(bob.resource(roleBindingKind).create({ ...grab, roleRef: roleRef('nobody') }), (error) =>
    isStatus(error, 'NotFound'),
  );
  const may = [
    { ...manage, verbs: ['create', 'escalate'] },
    { ...manage, resources: ['clusterroles'], resourceNames: ['cluster-admin'], verbs: ['bind'] },
  ];
  const current = await admin.resource(clusterRoleKind).get({ name: 'manager' });
  await admin.resource(clusterRoleKind).update({ ...current, rules: may });
  await eventually(() => bob.resource(roleKind).create(role('more')));
  await bob.resource(roleBindingKind).create(grab);
});
