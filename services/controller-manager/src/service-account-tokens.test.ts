import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import type { Client } from '@t8s/client';
import { notFound } from '@t8s/meta';
import { ServiceAccountTokens } from './service-account-tokens.ts';

/** An apiserver that issues `token-1`, `token-2` … for accounts that exist. */
function setup(): { tokens: ServiceAccountTokens; clock: FakeClock; made: string[]; asked(): number; removeAccounts(): void } {
  const clock = new FakeClock();
  const made: string[] = [];
  let accounts = new Set<string>();
  let count = 0;
  const resource = () => ({
    create: async ({ metadata: { name = '' } }: { metadata: { name?: string } }) => {
      accounts.add(name);
      made.push(name);
    },
    createSubresource: async ({ name }: { name: string }) => {
      count++;
      if (!accounts.has(name)) throw notFound({ group: '', resource: 'serviceaccounts' }, name);
      return { metadata: {}, status: { token: `token-${count}` } };
    },
  });
  const tokens = new ServiceAccountTokens({ client: { resource } as unknown as Client, name: 'job-controller', clock });
  const removeAccounts = (): void => {
    accounts = new Set();
  };
  return { tokens, clock, made, asked: () => count, removeAccounts };
}

test('the account is made when it is missing; all who wait share one token', async () => {
  const { tokens, made, asked } = setup();
  assert.deepEqual(await Promise.all([tokens.get(), tokens.get()]), ['token-2', 'token-2']);
  assert.deepEqual([made, asked()], [['job-controller'], 2]);
});

test('a token is renewed before it ends, and when it is refused', async () => {
  const { tokens, clock, made, removeAccounts } = setup();
  const first = await tokens.get();
  await clock.advance(0.79 * 3_600_000);
  assert.equal(await tokens.get(), first);
  await clock.advance(0.02 * 3_600_000);
  const second = await tokens.get();
  assert.notEqual(second, first);
  tokens.refused(first);
  assert.equal(await tokens.get(), second, 'that was the one before');
  removeAccounts();
  tokens.refused(second);
  assert.notEqual(await tokens.get(), second);
  assert.equal(made.length, 2);
});
