import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { createTokenIssuer, createTokenVerifier, InvalidToken } from './service-account-tokens.ts';

const pem = (type: 'rsa' | 'ec'): { privateKey: string; publicKey: string } => {
  const { privateKey, publicKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
};
const now = 1_700_000_000;
const subject = { namespace: 'd', serviceAccount: { name: 'sa', uid: 'u1' }, pod: { name: 'p', uid: 'u2' } };

test('a token tells whom it speaks for until it expires, to its audience, under its key', async () => {
  for (const type of ['rsa', 'ec'] as const) {
    const { privateKey, publicKey } = pem(type);
    const issue = createTokenIssuer({ key: privateKey, issuer: 'me' });
    const verify = createTokenVerifier({ keys: [publicKey], issuer: 'me' });
    const token = await issue({ subject, audiences: ['api', 'vault'], now, lifetimeSeconds: 600 });
    const claims = await verify(token, { audiences: ['api'], now: now + 599 });
    assert.deepEqual([claims.namespace, claims.serviceAccount, claims.pod], ['d', subject.serviceAccount, subject.pod]);
    assert.equal(claims.expiresAt, now + 600);
    await assert.rejects(verify(token, { audiences: ['other'], now }), InvalidToken);
    await assert.rejects(verify(token, { audiences: ['api'], now: now + 601 }), InvalidToken);
    await assert.rejects(verify(`${token.slice(0, -4)}AAAA`, { audiences: ['api'], now }), InvalidToken);
    await assert.rejects(verify('no.token.this', { audiences: ['api'], now }), InvalidToken);
    const other = createTokenVerifier({ keys: [pem(type).publicKey], issuer: 'me' });
    await assert.rejects(other(token, { audiences: ['api'], now }), InvalidToken);
    await assert.rejects(createTokenVerifier({ keys: [publicKey], issuer: 'you' })(token, { audiences: ['api'], now }), InvalidToken);
  }
});
