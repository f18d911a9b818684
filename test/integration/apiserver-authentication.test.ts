/** Who one is to the real apiserver: certificates of two authorities, tokens of every kind, front proxies, impersonation. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type SelfSubjectReview, secretKind, selfSubjectReviewKind, type UserInfo } from '@t8s/api';
import { createCa, issueCertificate } from '@t8s/auth';
import { type Client, createClient } from '@t8s/client';
import type { ConnectionConfig } from '@t8s/component';
import { isStatus } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let dir: string;
let proxy: ConnectionConfig;
let stranger: ConnectionConfig;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 't8s-authn-'));
  await writeFile(join(dir, 'tokens.csv'), 'static-token,ann,u1,"devs,ops"\n');
  const ca = await createCa({ commonName: 'front-proxy-ca' });
  await writeFile(join(dir, 'front-proxy-ca.crt'), ca.cert);
  cluster = await startCluster([
    `--token-auth-file=${join(dir, 'tokens.csv')}`,
    '--enable-bootstrap-token-auth',
    `--requestheader-client-ca-file=${join(dir, 'front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
  ]);
  const server = { server: cluster.api.url, ca: cluster.pki.ca };
  const certificate = (commonName: string) => issueCertificate({ ca, subject: { commonName }, usages: ['client'] });
  proxy = { ...server, ...(await certificate('front-proxy-client')) };
  stranger = { ...server, ...(await certificate('somebody')) };
});
after(async () => {
  await cluster.stop();
  await rm(dir, { recursive: true });
});

/** Who the server takes a request for. */
async function whoAmI(connection: Partial<ConnectionConfig>, headers: Record<string, string> = {}): Promise<UserInfo | undefined> {
  const client: Client = createClient({
    connection: { server: cluster.api.url, ca: cluster.pki.ca, ...connection },
    userAgent: 'integration-test',
  });
  try {
    const { group, version, resource } = selfSubjectReviewKind;
    const path = `/apis/${group}/${version}/${resource}`;
    const { body } = await client.request({
      method: 'POST',
      path,
      body: '{"metadata":{}}',
      headers: { 'content-type': 'application/json', ...headers },
    });
    return (JSON.parse(body.toString()) as SelfSubjectReview).status?.userInfo;
  } finally {
    client.close();
  }
}

const unauthorized = (error: unknown): boolean => isStatus(error, 'Unauthorized');

test('a static token is its user', async () => {
  const user = await whoAmI({ token: 'static-token' });
  assert.deepEqual(user, { username: 'ann', uid: 'u1', groups: ['devs', 'ops', 'system:authenticated'] });
  await assert.rejects(whoAmI({ token: 'static-tokem' }), unauthorized);
});

test('a front proxy says for whom it asks; nobody else may', async () => {
  const headers = { 'x-remote-user': 'bob', 'x-remote-group': 'qa', 'x-remote-extra-scopes': 'a' };
  assert.deepEqual(await whoAmI(proxy, headers), { username: 'bob', groups: ['qa', 'system:authenticated'], extra: { scopes: ['a'] } });
  await assert.rejects(whoAmI(proxy), unauthorized, 'a front proxy is nobody itself');
  await assert.rejects(whoAmI(stranger, headers), unauthorized, 'its name is not one of those allowed');
  const admin = await whoAmI(cluster.api.connection, headers);
  assert.equal(admin?.username, 'admin', 'the headers of others are not believed');
});

test('a bootstrap token works while its secret allows it', async () => {
  const secrets = cluster.api.admin.resource(secretKind);
  const ref = { namespace: 'kube-system', name: 'bootstrap-token-abcdef' };
  const stringData = {
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    'usage-bootstrap-authentication': 'true',
    'auth-extra-groups': 'system:bootstrappers:workers',
  };
  await secrets.create({ metadata: ref, type: 'bootstrap.kubernetes.io/token', stringData });
  const token = 'abcdef.0123456789abcdef';
  const user = await eventually(() => whoAmI({ token }));
  assert.deepEqual(user, {
    username: 'system:bootstrap:abcdef',
    groups: ['system:bootstrappers', 'system:bootstrappers:workers', 'system:authenticated'],
  });
  await assert.rejects(whoAmI({ token: 'abcdef.0123456789abcdee' }), unauthorized);
  await secrets.patch(ref, { type: 'merge', body: { stringData: { expiration: '2020-01-01T00:00:00Z' } } });
  await eventually(() => assert.rejects(whoAmI({ token }), unauthorized));
});

test('who may speak for others is them', async () => {
  const asked = { 'impersonate-user': 'carol', 'impersonate-group': 'qa' };
  assert.deepEqual(await whoAmI(cluster.api.connection, asked), { username: 'carol', groups: ['qa', 'system:authenticated'] });
  await assert.rejects(whoAmI({ token: 'static-token' }, asked), {
    message: 'users "carol" is forbidden: User "ann" cannot impersonate resource "users" in API group "" at the cluster scope',
  });
});
