import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestContext, User } from '../context.ts';
import { requestInfo } from '../request-info.ts';
import { authorize } from './authorize.ts';

const ask =
  (user: User, path: string): (() => void) =>
  () =>
    authorize({ user, info: requestInfo('GET', path, new URLSearchParams()) } as RequestContext);

test('administrators, components and accounts in kube-system may act', () => {
  for (const user of [
    { name: 'admin', groups: ['system:masters'] },
    { name: 'system:kube-scheduler', groups: [] },
    { name: 'system:node:n1', groups: ['system:nodes'] },
    { name: 'system:serviceaccount:kube-system:kube-dns', groups: ['system:serviceaccounts:kube-system'] },
  ]) {
    assert.doesNotThrow(ask(user, '/api/v1/namespaces/d/secrets'));
  }
});

test('everybody else reaches health and version only, and is told what they may not', () => {
  const nobody = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
  for (const path of ['/healthz', '/livez/etcd', '/readyz', '/version']) assert.doesNotThrow(ask(nobody, path));
  const refused: [path: string, message: string][] = [
    [
      '/api/v1/namespaces/d/pods',
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "d"',
    ],
    [
      '/apis/apps/v1/deployments',
      'deployments.apps is forbidden: User "system:anonymous" cannot list resource "deployments" in API group "apps" at the cluster scope',
    ],
    [
      '/api/v1/nodes/n1',
      'nodes "n1" is forbidden: User "system:anonymous" cannot get resource "nodes" in API group "" at the cluster scope',
    ],
    ['/metrics', 'forbidden: User "system:anonymous" cannot get path "/metrics"'],
    ['/healthzx', 'forbidden: User "system:anonymous" cannot get path "/healthzx"'],
  ];
  for (const [path, message] of refused) assert.throws(ask(nobody, path), { message });
});
