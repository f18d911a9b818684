import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staticTokens } from './static-tokens.ts';

test('a line is a token with its user; groups stand in quotes', async () => {
  const whose = staticTokens('secret1,ann,u1,"devs,ops"\n\nsecret2,bob,,\n', ['api']);
  assert.deepEqual((await whose('secret1'))?.user, { name: 'ann', groups: ['devs', 'ops'], uid: 'u1' });
  assert.deepEqual(await whose('secret2'), { user: { name: 'bob', groups: [] }, audiences: ['api'] });
  assert.equal(await whose('secret3'), undefined);
  assert.equal(await whose('secret1', ['vault']), undefined, 'good for this server only');
  const refusals = {
    'a,b,c\nonly-a-token': 'line 2: must have at least 3 columns (token, user name, user uid), found 1',
    'a,"b,c': 'line 1: extraneous or missing " in quoted-field',
    'a,b"b,c': 'line 1: extraneous or missing " in quoted-field',
    ',b,c': 'line 1: token and user name must not be empty',
  };
  for (const [text, message] of Object.entries(refusals)) assert.throws(() => staticTokens(text, []), { message });
});
