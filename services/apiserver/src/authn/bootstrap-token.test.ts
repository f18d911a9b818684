import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTime } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import { bootstrapTokens } from './bootstrap-token.ts';

const good = { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true' };

/** Whom the token abcdef.0123456789abcdef speaks for, with this in its Secret. */
async function ownerOf(data: Record<string, string> | undefined, more: object = {}): Promise<unknown> {
  const encoded = Object.entries(data ?? {}).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  const object = { metadata: {}, type: 'bootstrap.kubernetes.io/token', data: Object.fromEntries(encoded), ...more };
  const get = (key: string): object | undefined => (data && key === 'kube-system/bootstrap-token-abcdef' ? { object } : undefined);
  const cache = { resource: () => ({ get }) } as unknown as WatchCache;
  const owner = await bootstrapTokens(cache, ['api'])('abcdef.0123456789abcdef');
  return owner && [owner.user.name, ...owner.user.groups];
}

test('a token speaks for its own name, while its Secret is whole and lets it', async () => {
  const hour = 3_600_000;
  const owner = ['system:bootstrap:abcdef', 'system:bootstrappers'];
  assert.deepEqual(await ownerOf(good), owner);
  assert.deepEqual(await ownerOf({ ...good, expiration: formatTime(Date.now() + hour) }), owner);
  const grouped = { ...good, 'auth-extra-groups': 'system:bootstrappers:a, system:bootstrappers:b' };
  assert.deepEqual(await ownerOf(grouped), [...owner, 'system:bootstrappers:a', 'system:bootstrappers:b']);
  const refused: [why: string, data: Record<string, string> | undefined, more?: object][] = [
    ['no Secret', undefined],
    ['another type', good, { type: 'Opaque' }],
    ['being deleted', good, { metadata: { deletionTimestamp: formatTime(Date.now()) } }],
    ['another id', { ...good, 'token-id': 'abcdeg' }],
    ['another secret', { ...good, 'token-secret': '0123456789abcdeg' }],
    ['a secret as long in letters, not in bytes', { ...good, 'token-secret': '0123456789abcdeé' }],
    ['another use', { ...good, 'usage-bootstrap-authentication': 'false' }],
    ['over', { ...good, expiration: formatTime(Date.now() - hour) }],
    ['no time that can be read', { ...good, expiration: '2999' }],
    ['a group that is not of bootstrappers', { ...good, 'auth-extra-groups': 'system:masters' }],
  ];
  for (const [why, data, more] of refused) assert.equal(await ownerOf(data, more), undefined, why);
});
