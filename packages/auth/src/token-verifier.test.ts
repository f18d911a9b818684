import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { CertificateError } from './pem.ts';
import { createLegacyTokenIssuer, createTokenIssuer } from './service-account-tokens.ts';
import { keySet, tokenKeys } from './token-keys.ts';
import { createTokenVerifier, InvalidToken, type TokenClaims } from './token-verifier.ts';

const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding, publicKeyEncoding });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding, publicKeyEncoding });
const now = 1_700_000_000;
const subject = { namespace: 'd', serviceAccount: { name: 'sa', uid: 'u1' }, pod: { name: 'p', uid: 'u2' } };
const options = { subject, audiences: ['api', 'vault'], now, lifetimeSeconds: 600 };
const verify = createTokenVerifier({ keys: tokenKeys(rsa.publicKey), issuers: ['me'] });
const { token } = await createTokenIssuer({ key: rsa.privateKey, issuer: 'me' })(options);

test('a token tells whom it speaks for until it expires', async () => {
  for (const { privateKey, publicKey } of [rsa, ec]) {
    const issued = await createTokenIssuer({ key: privateKey, issuer: 'me' })({ ...options, warnAfterSeconds: 60 });
    const check = createTokenVerifier({ keys: tokenKeys(publicKey), issuers: ['me'] });
    const claims = await check(issued.token, now + 659);
    const expected: TokenClaims = {
      ...subject,
      user: 'system:serviceaccount:d:sa',
      audiences: ['api', 'vault'],
      id: issued.id,
      isLegacy: false,
    };
    assert.deepEqual(claims, { ...expected, warnAfter: now + 60 });
    await assert.rejects(check(issued.token, now + 661), new InvalidToken('service account token has expired'));
    await assert.rejects(check(issued.token, now - 61), new InvalidToken('service account token is not valid yet'));
  }
});

test('tokens of earlier keys and issuers are good as long as these are told; the new ones sign', async () => {
  const [old, next] = [rsa, ec];
  const both = createTokenVerifier({ keys: tokenKeys(`${next.publicKey}\n${old.publicKey}`), issuers: ['https://new', 'me'] });
  const fresh = (await createTokenIssuer({ key: next.privateKey, issuer: 'https://new' })(options)).token;
  assert.ok((await both(token, now)) && (await both(fresh, now)));
  await assert.rejects(createTokenVerifier({ keys: tokenKeys(next.publicKey), issuers: ['me'] })(token, now), InvalidToken);
  assert.equal(
    await createTokenVerifier({ keys: tokenKeys(old.publicKey), issuers: ['https://new'] })(token, now),
    undefined,
    'another issuer',
  );
});

test('a token of a secret names it, and does not expire', async () => {
  const legacy = await createLegacyTokenIssuer(rsa.privateKey)({ namespace: 'd', serviceAccount: subject.serviceAccount, secretName: 's' });
  const { serviceAccount } = subject;
  assert.deepEqual(await verify(legacy, now * 2), {
    user: 'system:serviceaccount:d:sa',
    namespace: 'd',
    serviceAccount,
    secret: { name: 's', uid: '' },
    audiences: [],
    id: '',
    isLegacy: true,
  });
});

/** A JWT of any header and payload; signed where a key is given. */
function forged(header: object, payload: object | string, key?: string): string {
  const part = (value: object | string): string =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'latin1').toString('base64url');
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${key === undefined ? '' : sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

test('what is forged, cut or twisted is refused; what is no token of ours is nobody’s', async () => {
  const [head = '', body = '', signature = ''] = token.split('.');
  const [{ id: kid = '' } = {}] = tokenKeys(rsa.publicKey);
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const rs256 = { alg: 'RS256', kid };
  const hmac = `${Buffer.from(JSON.stringify({ alg: 'HS256', kid })).toString('base64url')}.${body}`;
  const cases: Record<string, [token: string, is: 'nobody’s' | 'refused']> = {
    empty: ['', 'nobody’s'],
    'one word': ['token', 'nobody’s'],
    'two parts': [`${head}.${body}`, 'nobody’s'],
    'four parts': [`${token}.x`, 'nobody’s'],
    'no JSON inside': [forged(rs256, '\xff\xfe{', rsa.privateKey), 'nobody’s'],
    'a list inside': [forged(rs256, [claims], rsa.privateKey), 'nobody’s'],
    'another issuer': [forged(rs256, { ...claims, iss: 'you' }, rsa.privateKey), 'nobody’s'],
    'issuer a number': [forged(rs256, { ...claims, iss: 1 }, rsa.privateKey), 'nobody’s'],
    'no header': [`!.${body}.${signature}`, 'nobody’s'],
    'a mebibyte of nothing': ['.'.repeat(2 ** 20), 'nobody’s'],
    truncated: [token.slice(0, -10), 'refused'],
    'signature left out': [`${head}.${body}.`, 'refused'],
    'another byte': [`${head}.${Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url')}.${signature}`, 'refused'],
    'alg none': [forged({ alg: 'none' }, claims), 'refused'],
    'alg None with a kid': [forged({ alg: 'None', kid }, claims), 'refused'],
    'signed with our public key as a password': [
      `${hmac}.${createHmac('sha256', rsa.publicKey).update(hmac).digest('base64url')}`,
      'refused',
    ],
    'a key of its own': [forged({ ...rs256, jwk: keySet(tokenKeys(ec.publicKey)).keys[0] ?? {} }, claims, ec.privateKey), 'refused'],
    'an unknown key': [forged({ alg: 'RS256', kid: 'x' }, claims, rsa.privateKey), 'refused'],
    'a critical extension': [forged({ ...rs256, crit: ['x'], x: 1 }, claims, rsa.privateKey), 'refused'],
    'another algorithm': [forged({ alg: 'PS256', kid }, claims, rsa.privateKey), 'refused'],
    'times that are words': [forged(rs256, { ...claims, exp: 'never' }, rsa.privateKey), 'refused'],
    'issued tomorrow': [forged(rs256, { ...claims, iat: now + 86_400 }, rsa.privateKey), 'refused'],
    'no account': [forged(rs256, { ...claims, 'kubernetes.io': {} }, rsa.privateKey), 'refused'],
    'a secret’s that names none': [forged(rs256, { iss: 'kubernetes/serviceaccount', sub: 'x' }, rsa.privateKey), 'refused'],
  };
  for (const [name, [text, is]] of Object.entries(cases)) {
    if (is === 'refused') await assert.rejects(verify(text, now), InvalidToken, name);
    else assert.equal(await verify(text, now), undefined, name);
  }
});

test('what holds no key is told as such', () => {
  const edwards = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
  for (const text of ['', 'nonsense', rsa.publicKey.replace(/\n.{9}/, '\n!!!!'), edwards]) {
    assert.throws(() => tokenKeys(text), CertificateError);
    assert.throws(() => createTokenIssuer({ key: text, issuer: 'me' }), CertificateError);
  }
});
