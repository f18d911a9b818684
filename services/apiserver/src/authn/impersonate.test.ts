import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import type { Attributes } from '@t8s/auth';
import type { RequestContext, User } from '../context.ts';
import { impersonate } from './impersonate.ts';

interface Outcome {
  user: User;
  /** What was asked of the authorizer, as text. */
  asked: string[];
  headers: string[];
}

function act(headers: Record<string, string[]>, allow: (attributes: Attributes) => boolean = () => true): Outcome {
  const single = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(', ')]));
  const request = { headers: single, headersDistinct: headers } as unknown as IncomingMessage;
  const context = { request, user: { name: 'ann', groups: ['devs'] } } as unknown as RequestContext;
  const asked: string[] = [];
  impersonate(context, (attributes) => {
    if (!('name' in attributes)) throw new Error('a path was asked about');
    const { verb, group, resource, subresource, namespace, name } = attributes;
    asked.push(`${verb} ${group} ${[namespace, resource, subresource].filter((part) => part !== '').join('/')} ${name}`);
    return { decision: allow(attributes) ? 'allow' : 'no-opinion', reason: '' };
  });
  return { user: context.user, asked, headers: Object.keys(request.headers) };
}

test('each part is allowed for itself, and the headers go no further', () => {
  const { user, asked, headers } = act({
    'impersonate-user': ['bob'],
    'impersonate-group': ['ops', 'qa'],
    'impersonate-uid': ['7'],
    'impersonate-extra-acme.com%2fproject': ['x'],
    accept: ['*/*'],
  });
  assert.deepEqual(user, { name: 'bob', uid: '7', groups: ['ops', 'qa', 'system:authenticated'], extra: { 'acme.com/project': ['x'] } });
  assert.deepEqual(asked, [
    'impersonate  users bob',
    'impersonate  groups ops',
    'impersonate  groups qa',
    'impersonate authentication.k8s.io userextras/acme.com/project x',
    'impersonate authentication.k8s.io uids 7',
  ]);
  assert.deepEqual(headers, ['accept']);
});

test('a service account brings its groups; nobody known stays unknown', () => {
  const bot = act({ 'impersonate-user': ['system:serviceaccount:a:bot'] });
  assert.deepEqual(bot.asked, ['impersonate  a/serviceaccounts bot']);
  assert.deepEqual(bot.user.groups, ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated']);
  assert.deepEqual(act({ 'impersonate-user': ['system:anonymous'] }).user.groups, ['system:unauthenticated']);
});

test('who may not is refused, and groups need a user', () => {
  assert.throws(
    () => act({ 'impersonate-user': ['bob'], 'impersonate-group': ['system:masters'] }, (a) => 'resource' in a && a.resource === 'users'),
    {
      message: 'groups "system:masters" is forbidden: User "ann" cannot impersonate resource "groups" in API group "" at the cluster scope',
    },
  );
  assert.throws(() => act({ 'impersonate-group': ['ops'] }), /without impersonating a user/);
  assert.deepEqual(act({ accept: ['*/*'] }).user, { name: 'ann', groups: ['devs'] });
});
