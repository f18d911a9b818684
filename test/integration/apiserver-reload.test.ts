/** Certificates are replaced under a running apiserver: who is believed changes, what is open stays open. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { configMapKind } from '@t8s/api';
import { createCa, issueCertificate, type KeyPair } from '@t8s/auth';
import { eventually } from '@t8s/testkit';
import { type Cluster, startCluster } from './harness.ts';
import { type RawClient, rawClient } from './raw.ts';

let cluster: Cluster;
let nextCa: KeyPair;
let next: { cert: string; key: string };
const open: RawClient[] = [];
before(async () => {
  cluster = await startCluster();
  nextCa = await createCa({ commonName: 'next' });
  next = await issueCertificate({ ca: nextCa, subject: { commonName: 'admin', organizations: ['system:masters'] }, usages: ['client'] });
});
after(async () => {
  for (const client of open) client.close();
  await cluster.stop();
});

/** As certificates are replaced: written beside, then renamed. */
async function replace(name: string, text: string): Promise<void> {
  const path = cluster.pki.file(name);
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** A client that keeps its connection. */
function client(identity: Partial<KeyPair>, ca = cluster.pki.ca): RawClient {
  const made = rawClient({ server: cluster.api.url, ca, ...identity });
  open.push(made);
  return made;
}

const code = async (ask: RawClient): Promise<number> => (await ask({ path: '/api/v1/nodes' })).code;

test('client CAs are added and taken away', async () => {
  const { pki, api } = cluster;
  const [first, second] = [client(api.connection), client(next)];
  assert.deepEqual([await code(first), await code(second)], [200, 401]);
  const ended = new AbortController();
  const watch = api.admin.resource(configMapKind).watch({ namespace: 'default', signal: ended.signal })[Symbol.asyncIterator]();
  const seen = watch.next();
  await replace('ca.crt', `${pki.ca}\n${nextCa.cert}`);
  await eventually(async () => assert.equal(await code(client(next)), 200));
  assert.equal(await code(first), 200);
  await eventually(async () => {
    const ref = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };
    const { data } = await api.admin.resource(configMapKind).get(ref);
    assert.equal(data?.['client-ca-file'], `${pki.ca}\n${nextCa.cert}`, 'extension servers are told');
  });
  await replace('ca.crt', '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n');
  await eventually(async () => assert.match(api.output(), /--client-ca-file: \S+ca\.crt: not a certificate/));
  assert.equal(await code(client(next)), 200, 'what was there goes on');
  await replace('ca.crt', nextCa.cert);
  await eventually(async () => assert.equal(await code(first), 401, 'on a connection from before, too'));
  const made = await client(next)({ method: 'POST', path: '/api/v1/namespaces/default/configmaps', body: { metadata: { name: 'seen' } } });
  assert.equal(made.code, 201);
  const { value } = await seen;
  assert.equal(value?.object.metadata.name, 'seen', 'who watches goes on');
  ended.abort();
});

test('the serving certificate is replaced without a connection that ends', async () => {
  const { hostname: host, port } = new URL(cluster.api.url);
  const before = client(next);
  assert.equal(await code(before), 200);
  const renewed = await issueCertificate({ ca: nextCa, subject: { commonName: 'renewed' }, usages: ['server'], hosts: ['127.0.0.1'] });
  await replace('apiserver.crt', renewed.cert);
  await eventually(async () => assert.match(cluster.api.output(), /: no key of /));
  assert.equal(await code(client(next)), 200, 'half of a pair is not used');
  await replace('apiserver.key', renewed.key);
  await eventually(async () => {
    const socket = connect({ host, port: Number(port), ca: nextCa.cert });
    await once(socket, 'secureConnect');
    assert.equal(socket.getPeerCertificate().subject.CN, 'renewed');
    socket.destroy();
  });
  assert.equal(await code(before), 200);
  assert.equal((await before({ path: '/readyz' })).code, 200);
});
