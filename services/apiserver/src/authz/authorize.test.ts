import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes, Verdict } from '@t8s/auth';
import { requestInfo } from '../request-info.ts';
import { authorize } from './authorize.ts';

const nobody = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** What an authorizer that answers `verdict` is asked, and what is thrown. */
function ask(url: string, verdict: Verdict): { asked: Attributes | undefined; message: string | undefined } {
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  let asked: Attributes | undefined;
  try {
    authorize({ user: nobody, query, info: requestInfo('GET', path, query) }, (attributes) => {
      asked = attributes;
      return verdict;
    });
    return { asked, message: undefined };
  } catch (error) {
    return { asked, message: (error as Error).message };
  }
}

test('who may not is told what, where, and why if there is a reason', () => {
  const refused = (url: string, reason = ''): string | undefined => ask(url, { decision: 'no-opinion', reason }).message;
  assert.equal(
    refused('/api/v1/namespaces/d/pods'),
    'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "d"',
  );
  assert.equal(
    refused('/apis/apps/v1/deployments', 'RBAC: x'),
    'deployments.apps is forbidden: User "system:anonymous" cannot list resource "deployments" in API group "apps" at the cluster scope: RBAC: x',
  );
  assert.equal(
    refused('/api/v1/namespaces/d/pods/web/log'),
    'pods "web" is forbidden: User "system:anonymous" cannot get resource "pods/log" in API group "" in the namespace "d"',
  );
  assert.equal(refused('/metrics'), 'forbidden: User "system:anonymous" cannot get path "/metrics"');
});

test('a list or watch of one object is about that object', () => {
  const allow: Verdict = { decision: 'allow', reason: '' };
  const { asked, message } = ask('/api/v1/nodes?watch=1&fieldSelector=metadata.name%3Dn1,spec.x!%3D2', allow);
  assert.equal(message, undefined);
  assert.deepEqual(asked && 'name' in asked && [asked.verb, asked.name, asked.fields], ['watch', 'n1', { 'metadata.name': 'n1' }]);
  assert.equal(ask('/api/v1/nodes?fieldSelector=broken', allow).message, undefined, 'refused later, for what it is');
});
