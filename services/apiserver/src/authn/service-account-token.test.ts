import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidToken, type TokenClaims } from '@t8s/auth';
import type { WatchCache } from '@t8s/storage';
import { serviceAccountTokens } from './service-account-token.ts';

const seconds = (): number => Math.floor(Date.now() / 1000);
const account = { metadata: { uid: 'u1' } };
const claims: TokenClaims = {
  user: 'system:serviceaccount:d:sa',
  namespace: 'd',
  serviceAccount: { name: 'sa', uid: 'u1' },
  audiences: ['api'],
  id: '',
  isLegacy: false,
};

const counted: string[] = [];
const counter = (name: string) => ({ inc: () => void counted.push(name) });
const counters = {
  valid: counter('valid'),
  stale: counter('stale'),
  legacy: counter('legacy'),
  manual: counter('manual'),
  generated: counter('generated'),
  invalid: counter('invalid'),
};

/** Whose a token with these claims is, where these objects are. */
function owner(more: Partial<TokenClaims>, objects: Record<string, object> = {}): ReturnType<ReturnType<typeof serviceAccountTokens>> {
  const all: Record<string, object> = { 'serviceaccounts d/sa': account, ...objects };
  const resource = (name: string) => ({ get: (key: string) => all[`${name} ${key}`] && { object: all[`${name} ${key}`] } });
  const verify = async () => ({ ...claims, ...more });
  const cache = { resource } as unknown as WatchCache;
  return serviceAccountTokens({ verify, cache, audiences: ['api'], used: () => undefined, counters })('token');
}

test('who uses a token that should have been replaced is told to the audit log', async () => {
  const stale = await owner({ warnAfter: seconds() - 5 });
  assert.match(stale?.annotations?.['authentication.k8s.io/stale-token'] ?? '', /^subject: system:serviceaccount:d:sa, .*threshold: [56]$/);
  assert.equal((await owner({ warnAfter: seconds() + 60 }))?.annotations, undefined);
  assert.deepEqual(counted, ['stale', 'valid']);
});

test('what is being deleted counts for a minute after its time', async () => {
  const pod = { name: 'p', uid: 'u2' };
  const deletedAgo = (s: number): object => ({
    metadata: { uid: 'u2', deletionTimestamp: new Date((seconds() - s) * 1000).toISOString() },
  });
  assert.equal((await owner({ pod }, { 'pods d/p': deletedAgo(30) }))?.user.name, claims.user);
  const gone = new InvalidToken('service account token has been invalidated');
  await assert.rejects(owner({ pod }, { 'pods d/p': deletedAgo(90) }), gone);
  await assert.rejects(owner({ pod }), gone);
  const another = new InvalidToken('Pod UID (u3) does not match service account pod ref claim (u2)');
  await assert.rejects(owner({ pod }, { 'pods d/p': { metadata: { uid: 'u3' } } }), another);
  await assert.rejects(
    owner({ serviceAccount: { name: 'sa', uid: 'u0' } }),
    new InvalidToken('service account UID (u1) does not match claim (u0)'),
  );
});
