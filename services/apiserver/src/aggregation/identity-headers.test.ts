import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityHeaders, isIdentity } from './identity-headers.ts';

test('who asks, in headers', () => {
  assert.deepEqual(identityHeaders({ name: 'jäne', uid: '7', groups: ['a', 'b'], extra: { 'Example.com/100%': ['x', 'y'] } }), {
    'X-Remote-User': ['j\u00c3\u00a4ne'],
    'X-Remote-Uid': ['7'],
    'X-Remote-Group': ['a', 'b'],
    'X-Remote-Extra-example.com%2F100%25': ['x', 'y'],
  });
  assert.deepEqual(identityHeaders({ name: 'nobody', groups: [] }), { 'X-Remote-User': ['nobody'] });
});

test('a client cannot say who it is in such headers', () => {
  assert.deepEqual(['x-remote-user', 'x-remote-group', 'x-remote-uid', 'x-remote-extra-scopes', 'accept'].map(isIdentity), [
    true,
    true,
    true,
    true,
    false,
  ]);
});
