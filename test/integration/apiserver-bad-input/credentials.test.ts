/** Credentials that are none, or of somebody else: refused in one way, whatever is wrong with them, and nothing of them goes further. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { SelfSubjectReview } from '@t8s/api';
import { createCa, createTokenIssuer, type IssueCertificateOptions, issueCertificate, type KeyPair } from '@t8s/auth';
import { rawClient } from '../raw.ts';
import { serverForFile } from './server.ts';

const { ask, connection, pki, nothingIsLeft } = serverForFile();
const path = '/api/v1/namespaces/default/configmaps';
const now = Math.floor(Date.now() / 1000);

/** The answer to whoever comes with these. */
async function asked(
  identity: Partial<KeyPair>,
  headers: Record<string, string> = {},
): Promise<[code: number, message: string | undefined]> {
  const { server, ca = '' } = connection();
  const client = rawClient({ server, ca, ...identity });
  const { code, status } = await client({ path, headers });
  client.close();
  return [code, status.message];
}

test('tokens that are none of ours, over or not yet good, and headers that hold none', async () => {
  const uid = 'no-such-uid';
  const subject = { namespace: 'default', serviceAccount: { name: 'default', uid } };
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  const issue = createTokenIssuer({ key: readFileSync(pki().file('sa.key'), 'utf8'), issuer });
  const options = { subject, audiences: [issuer], now, lifetimeSeconds: 600 };
  const good = await issue(options);
  const tokens = {
    'of an account that is gone': good.token,
    expired: (await issue({ ...options, now: now - 700 })).token,
    'not yet good': (await issue({ ...options, now: now + 700 })).token,
    'for others': (await issue({ ...options, audiences: ['vault'] })).token,
    'by another issuer': (await createTokenIssuer({ key: readFileSync(pki().file('sa.key'), 'utf8'), issuer: 'x' })(options)).token,
    truncated: good.token.slice(0, -9),
    'alg none': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.token.split('.')[1]}.`,
    huge: 'a.'.repeat(400_000),
    'no UTF-8': '\xff\xfe\xc3\x28',
    'like a bootstrap token': 'abcdef.0123456789abcdef',
    'with a NUL': 'a%00b',
  };
  for (const [what, token] of Object.entries(tokens))
    assert.deepEqual(await asked({}, { authorization: `Bearer ${token}` }), [401, 'Unauthorized'], what);
  for (const authorization of [
    'Bearer',
    'Bearer  ',
    'Basic YWRtaW46YWRtaW4=',
    'Negotiate x',
    good.token,
    `Bearer ${good.token} ${good.token}`,
    '""',
  ])
    assert.deepEqual(await asked({}, { authorization }), [401, 'Unauthorized'], authorization.slice(0, 20));
  const { code, status } = await ask({ path, headers: { 'x-large': 'x'.repeat(2 ** 21) } });
  assert.deepEqual([code, status.kind], [431, undefined], 'no header is that large');
});

test('certificates that are over, not yet good, for servers, nameless or of others', async () => {
  const ca = { cert: pki().ca, key: readFileSync(pki().file('ca.key'), 'utf8') };
  const stranger = await createCa({ commonName: 'kubernetes' });
  const issue = (more: Partial<IssueCertificateOptions>): Promise<KeyPair> =>
    issueCertificate({ ca, subject: { commonName: 'eve', organizations: ['system:masters'] }, usages: ['client'], ...more });
  const day = 86_400_000;
  assert.deepEqual(await asked(await issue({})), [200, undefined]);
  const cases: Record<string, KeyPair> = {
    expired: await issue({ days: 1, now: new Date(Date.now() - 2 * day) }),
    'not yet good': await issue({ now: new Date(Date.now() + day) }),
    'for servers': await issue({ usages: ['server'] }),
    nameless: await issue({ subject: { commonName: '', organizations: ['system:masters'] } }),
    'of another CA of the same name': await issue({ ca: stranger }),
    'an authority of its own': stranger,
  };
  for (const [what, identity] of Object.entries(cases)) assert.deepEqual(await asked(identity), [401, 'Unauthorized'], what);
});

test('what impersonation headers hold stays what it is', async () => {
  const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const as = (headers: Record<string, string>) => ask({ method: 'POST', path: review, body: { metadata: {} }, headers });
  const keys = {
    'a%0d%0aX-Remote-User%3a%20root': 'a\r\nX-Remote-User: root',
    '%zz': '%zz',
    '%': '%',
    __proto__x: '__proto__x',
    'a%2fb': 'a/b',
  };
  for (const [escaped, key] of Object.entries(keys)) {
    const { code, body, headers } = await as({ 'impersonate-user': 'bob', [`impersonate-extra-${escaped}`]: 'v' });
    const { userInfo } = (JSON.parse(body) as SelfSubjectReview).status ?? {};
    assert.deepEqual([code, userInfo?.username, userInfo?.extra], [201, 'bob', { [key.toLowerCase()]: ['v'] }], escaped);
    assert.equal(headers['x-remote-user'], undefined);
  }
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const { code, body } = await as({ 'impersonate-user': 'bob', [`impersonate-extra-${name}`]: 'v' });
    assert.ok(code === 201 && body.includes(`"${name.toLowerCase()}":["v"]`), `${name}: ${body}`);
  }
  const { code, status } = await as({ 'impersonate-user': 'a%0d%0ab\t"<>', 'x-remote-user': 'root' });
  assert.deepEqual([code, (status as SelfSubjectReview).status?.userInfo?.username], [201, 'a%0d%0ab\t"<>']);
  assert.equal((await as({ 'impersonate-group': 'system:masters' })).code, 500, 'a group needs a user, as upstream says it');
});

test('paths that climb lead nowhere', async () => {
  const pod = '/api/v1/namespaces/default/pods';
  for (const climbing of [
    `${pod}/p/log/../../../../../../etc/passwd`,
    `${pod}/..%2f..%2f..%2fetc%2fpasswd/log`,
    `${pod}/%2e%2e/log`,
    `${pod}/p%2flog%2f..`,
    `${pod}/p/log?container=..%2f..%2fetc`,
    `${pod}/p/exec?container=../../x&command=sh`,
    '/api/v1/namespaces/..%2fkube-system/secrets/x',
    '/api/v1/namespaces/default/secrets/..%2f..%2fkube-system%2fx',
    '/api/v1/nodes/..%2f..%2f/proxy/pods',
    '/api/v1/nodes/x:10250%2f..%2f/proxy/',
    '/api/v1/nodes/%2e%2e/proxy/../../metrics',
    '/openid/v1/../../metrics',
    '/healthz/%2e%2e/metrics',
    '/.well-known/..%2f..%2fetc/passwd',
  ]) {
    const { code } = await ask({ path: climbing });
    assert.ok(code === 400 || code === 404, `${climbing}: ${code}`);
  }
});

nothingIsLeft();
