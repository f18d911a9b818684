/** Service-account tokens of every kind at the real apiserver: who they speak for, what ends them, and how keys change under them. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import {
  nodeKind,
  podKind,
  type SelfSubjectReview,
  secretKind,
  selfSubjectReviewKind,
  serviceAccountKind,
  type TokenRequestSpec,
  type TokenReview,
  tokenReviewKind,
} from '@t8s/api';
import { createLegacyTokenIssuer, createSigningKey } from '@t8s/auth';
import { createClient, requestToken } from '@t8s/client';
import { eventually } from '@t8s/testkit';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { type Cluster, startCluster } from './harness.ts';
import { type Answer, rawClient } from './raw.ts';

const issuer = 'https://kubernetes.default.svc.cluster.local';
const namespace = 'default';
let cluster: Cluster;
let legacy: ReturnType<typeof createLegacyTokenIssuer>;
before(async () => {
  cluster = await startCluster();
  legacy = createLegacyTokenIssuer(await readFile(cluster.pki.file('sa.key'), 'utf8'));
});
after(() => cluster.stop());

const request = (spec: Partial<TokenRequestSpec> = {}, url = cluster.api.url) =>
  requestToken(
    createClient({ connection: { ...cluster.api.connection, server: url }, userAgent: 'test' }),
    { namespace, name: 'default' },
    { audiences: [], ...spec },
  );

/** Who the server takes the bearer of a token for: the user, or the code of the refusal. */
async function whoIs(token: string, url = cluster.api.url): Promise<Answer & { user?: object | undefined }> {
  const ask = rawClient({ server: url, ca: cluster.pki.ca });
  const { group, version, resource } = selfSubjectReviewKind;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await ask({ method: 'POST', path: `/apis/${group}/${version}/${resource}`, body: { metadata: {} }, headers });
  ask.close();
  return { ...answer, user: (answer.status as SelfSubjectReview).status?.userInfo };
}

const review = async (token: string, audiences: string[] = []): Promise<TokenReview['status']> =>
  (await cluster.api.admin.resource(tokenReviewKind).create({ metadata: {}, spec: { token, audiences } })).status;

const refusal = (why: string): object => ({ user: {}, error: `[invalid bearer token, ${why}]` });

test('a token of a pod tells the pod and its node, and ends with the pod', async () => {
  const { admin } = cluster.api;
  const node = await admin.resource(nodeKind).create({ metadata: { name: 'node-x' }, spec: {} });
  const spec = { nodeName: 'node-x', containers: [{ name: 'c', image: 'i' }] };
  const pod = await admin.resource(podKind).create({ metadata: { name: 'bound', namespace }, spec });
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'bound', uid: pod.metadata.uid ?? '' };
  const { token } = await request({ boundObjectRef });
  const claims = decodeJwt(token);
  const { user } = await whoIs(token);
  const account = await admin.resource(serviceAccountKind).get({ namespace, name: 'default' });
  assert.deepEqual(user, {
    username: 'system:serviceaccount:default:default',
    uid: account.metadata.uid,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
      'authentication.kubernetes.io/node-name': ['node-x'],
      'authentication.kubernetes.io/node-uid': [node.metadata.uid],
      'authentication.kubernetes.io/pod-name': ['bound'],
      'authentication.kubernetes.io/pod-uid': [pod.metadata.uid],
    },
  });
  await admin.resource(podKind).delete({ namespace, name: 'bound' }, { gracePeriodSeconds: 0 });
  assert.equal((await whoIs(token)).code, 401, 'at once');
  assert.deepEqual(await review(token), refusal('service account token has been invalidated'));
});

test('a token as pods get it by default outlives its time by a year', async () => {
  const { admin } = cluster.api;
  const pod = await admin
    .resource(podKind)
    .create({ metadata: { name: 'late', namespace }, spec: { containers: [{ name: 'c', image: 'i' }] } });
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'late', uid: pod.metadata.uid ?? '' };
  const life = (token: string): number => (decodeJwt(token).exp ?? 0) - (decodeJwt(token).iat ?? 0);
  const extended = await request({ expirationSeconds: 3607, boundObjectRef });
  assert.equal(life(extended.token), 365 * 86_400);
  const told = Date.parse(extended.expirationTimestamp) - Date.now();
  assert.ok(told > 3_500_000 && told < 3_608_000, 'the kubelet is told the short time');
  assert.equal(life((await request({ expirationSeconds: 3607 })).token), 3607, 'bound to nothing');
  assert.equal(life((await request({ expirationSeconds: 3607, boundObjectRef, audiences: ['vault'] })).token), 3607, 'for others');
  const short = await cluster.startApiserver(['--service-account-max-token-expiration=1h']);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`;
  const answer = await rawClient(short.connection)({ method: 'POST', path, body: { spec: { expirationSeconds: 7200 } } });
  assert.equal(answer.headers.warning, '299 - "requested expiration of 7200 seconds shortened to 3600 seconds"');
  assert.equal((answer.status as { spec?: TokenRequestSpec }).spec?.expirationSeconds, 3600);
  await short.stop();
});

test('the token of a secret is good while the secret holds it', async () => {
  const { admin } = cluster.api;
  const secrets = admin.resource(secretKind);
  const account = await admin.resource(serviceAccountKind).create({ metadata: { name: 'robot', namespace } });
  const uid = account.metadata.uid ?? '';
  const token = await legacy({ namespace, serviceAccount: { name: 'robot', uid }, secretName: 'robot-token' });
  assert.equal((await whoIs(token)).code, 401, 'no such secret');
  assert.deepEqual(await review(token), refusal('Token has been invalidated'));
  await secrets.create({
    metadata: { name: 'robot-token', namespace, annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
    stringData: { token },
  });
  const { user, headers } = await whoIs(token);
  const groups = ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'];
  assert.deepEqual(user, { username: 'system:serviceaccount:default:robot', uid, groups });
  assert.equal(headers.warning, undefined);
  assert.deepEqual((await review(token))?.audiences, [issuer]);
  assert.equal((await review(token, ['vault']))?.authenticated, undefined, 'only for the API');
  await eventually(async () => {
    const { metadata } = await secrets.get({ namespace, name: 'robot-token' });
    assert.equal(metadata.labels?.['kubernetes.io/legacy-token-last-used'], new Date().toISOString().slice(0, 10));
  });
  const accounts = admin.resource(serviceAccountKind);
  await accounts.patch({ namespace, name: 'robot' }, { type: 'merge', body: { secrets: [{ name: 'robot-token' }] } });
  await eventually(async () => assert.match((await whoIs(token)).headers.warning ?? '', /instead of auto-generated secret-based tokens/));
  const mark = (label: string | null): Promise<unknown> =>
    secrets.patch(
      { namespace, name: 'robot-token' },
      { type: 'merge', body: { metadata: { labels: { 'kubernetes.io/legacy-token-invalid-since': label } } } },
    );
  await mark('2025-01-01');
  assert.equal((await whoIs(token)).code, 401);
  assert.match((await review(token))?.error ?? '', /has been marked invalid\. Use tokens from the TokenRequest API/);
  await mark(null);
  assert.equal((await whoIs(token)).code, 201);
  await secrets.patch({ namespace, name: 'robot-token' }, { type: 'merge', body: { stringData: { token: `${token} ` } } });
  assert.deepEqual(await review(token), refusal("Token does not match server's copy"));
});

test('the issuer tells relying parties how to verify its tokens, and only service accounts may ask', async () => {
  const { token } = await request({ audiences: ['vault'] });
  const own = await request();
  assert.equal((await whoIs(token)).code, 401, 'a token for others');
  const get = async (path: string, bearer?: string): Promise<Answer> => {
    const ask = rawClient({ server: cluster.api.url, ca: cluster.pki.ca });
    const answer = await ask({ path, ...(bearer && { headers: { authorization: `Bearer ${bearer}` } }) });
    ask.close();
    return answer;
  };
  assert.equal((await get('/openid/v1/jwks')).code, 403);
  const configuration = await get('/.well-known/openid-configuration', own.token);
  assert.deepEqual(
    [configuration.code, configuration.headers['content-type'], configuration.headers['cache-control']],
    [200, 'application/json', 'public, max-age=3600'],
  );
  assert.deepEqual(JSON.parse(configuration.body), {
    issuer,
    jwks_uri: `https://192.0.2.1:${new URL(cluster.api.url).port}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
  const keys = await get('/openid/v1/jwks', own.token);
  assert.equal(keys.headers['content-type'], 'application/jwk-set+json');
  const verified = await jwtVerify(token, createLocalJWKSet(JSON.parse(keys.body)), { issuer, audience: 'vault' });
  assert.equal(verified.payload.sub, 'system:serviceaccount:default:default');
});

/**
 * Two servers change from one key and issuer to others, one after the other: first both believe the new ones, then both sign with them,
 * then the old ones are dropped. Tokens of each time are good at both servers as long as their key is told.
 */
test('keys and issuers are replaced without a token that fails meanwhile', async () => {
  const { pki } = cluster;
  const next = await createSigningKey();
  await writeFile(pki.file('next.key'), next.privateKey, { mode: 0o600 });
  await writeFile(pki.file('next.pub'), next.publicKey);
  const both = [`--service-account-key-file=${pki.file('next.pub')}`, `--api-audiences=${issuer},https://new.example`];
  const audiences = [issuer];
  const old = (await request({ audiences })).token;
  const reading = await cluster.startApiserver([
    ...both,
    `--service-account-issuer=${issuer}`,
    '--service-account-issuer=https://new.example',
  ]);
  const signing = await cluster.startApiserver([
    ...both,
    `--service-account-signing-key-file=${pki.file('next.key')}`,
    '--service-account-issuer=https://new.example',
    `--service-account-issuer=${issuer}`,
  ]);
  const fresh = (await request({ audiences }, signing.url)).token;
  assert.equal(decodeJwt(fresh).iss, 'https://new.example');
  for (const { url } of [reading, signing]) for (const token of [old, fresh]) assert.equal((await whoIs(token, url)).code, 201);
  assert.equal((await whoIs(fresh)).code, 401, 'a server that has not heard of the new issuer');
  await Promise.all([reading.stop(), signing.stop()]);
});
