/** Certificates and bootstrap tokens through a real apiserver and controller manager: asked for, decided, signed, used, cleaned up. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import {
  type CertificateSigningRequest,
  type CertificateSigningRequestSpec,
  certificateSigningRequestKind,
  configMapKind,
  secretKind,
  selfSubjectReviewKind,
} from '@t8s/api';
import { createCertificateRequest, type Identity, type KeyPair } from '@t8s/auth';
import { type Client, createClient } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type ControllerManager, startControllerManager } from './controller-manager.ts';
import { type Cluster, startCluster } from './harness.ts';
import { bundledKubectl, kubectlOf } from './kubectl-of.ts';

const addons = resolve(import.meta.dirname, '../../../deploy/addons');
const lifeSeconds = 15;

let cluster: Cluster;
let manager: ControllerManager;
let admin: Client;
before(async () => {
  cluster = await startCluster(['--enable-bootstrap-token-auth']);
  admin = cluster.api.admin;
  const kubectl = await kubectlOf(cluster);
  await kubectl(['apply', '-f', `${addons}/bootstrap.yaml`, '-f', `${addons}/identities.yaml`]);
  const { file } = cluster.pki;
  manager = await startControllerManager(cluster, [
    `--cluster-signing-cert-file=${file('ca.crt')}`,
    `--cluster-signing-key-file=${file('ca.key')}`,
    `--cluster-signing-duration=${lifeSeconds}s`,
    '--controllers=*,bootstrap-signer-controller,token-cleaner-controller',
  ]);
});
after(async () => {
  await manager.stop();
  await cluster.stop();
});

const jane: Identity = { commonName: 'jane', organizations: ['dev'] };
const forClients = { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
const forKubelets = { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['digital signature', 'client auth'] };

/** Makes a request as `by`; resolves with its key. */
async function ask(by: Client, name: string, subject: Identity, spec: Partial<CertificateSigningRequestSpec> = {}): Promise<string> {
  const { request, key } = await createCertificateRequest(subject);
  const body = { ...forClients, ...spec, request: Buffer.from(request).toString('base64') };
  await by.resource(certificateSigningRequestKind).create({ metadata: { name }, spec: body });
  return key;
}

const get = (name: string): Promise<CertificateSigningRequest> => admin.resource(certificateSigningRequestKind).get({ name });
const conditions = async (name: string): Promise<(string | undefined)[][]> =>
  ((await get(name)).status?.conditions ?? []).map(({ type, status, reason, message }) => [type, status, reason, message]);

const issued = (name: string): Promise<string> =>
  eventually(async () => {
    const { certificate } = (await get(name)).status ?? {};
    assert.ok(certificate, manager.output());
    return Buffer.from(certificate, 'base64').toString();
  }, 10_000);

const clientOf = (identity: KeyPair | { token: string }): Client =>
  createClient({ connection: { server: cluster.api.url, ca: cluster.pki.ca, ...identity }, userAgent: 'test' });

async function whoIs(client: Client): Promise<(string | string[] | undefined)[]> {
  const { status } = await client.resource(selfSubjectReviewKind).create({ metadata: {} });
  return [status?.userInfo?.username, status?.userInfo?.groups];
}

const isGone = (get: () => Promise<unknown>, within: number): Promise<void> =>
  eventually(() => assert.rejects(get(), (error) => isStatus(error, 'NotFound')), within);

for (const [which, command, name, refused] of [
  ['the real kubectl', undefined, 'jane', 'joe'],
  ['ours', bundledKubectl, 'jane-2', 'joe-2'],
] as const)
  test(`a person asks, an administrator approves or denies by ${which}, and the certificate is the person's`, async () => {
    const kubectl = await kubectlOf(cluster, command);
    const csr = 'certificatesigningrequest.certificates.k8s.io';
    const key = await ask(admin, name, jane);
    await ask(admin, refused, { commonName: 'joe' });
    assert.match(await kubectl(['get', 'csr', name]), /kubernetes.io\/kube-apiserver-client +admin +<none> +Pending/);
    assert.equal(await kubectl(['certificate', 'approve', name]), `${csr}/${name} approved\n`);
    const cert = await issued(name);
    assert.ok(new X509Certificate(cert).verify(new X509Certificate(cluster.pki.ca).publicKey));
    assert.deepEqual(await whoIs(clientOf({ cert, key })), ['jane', ['dev', 'system:authenticated']]);
    assert.deepEqual(await conditions(name), [
      ['Approved', 'True', 'KubectlApprove', 'This CSR was approved by kubectl certificate approve.'],
    ]);
    assert.equal(await kubectl(['certificate', 'deny', refused]), `${csr}/${refused} denied\n`);
    assert.deepEqual(await conditions(refused), [['Denied', 'True', 'KubectlDeny', 'This CSR was denied by kubectl certificate deny.']]);
    assert.match(await kubectl(['get', 'csr', name, refused]), /Approved,Issued\n.*Denied/);
    await assert.rejects(
      kubectl(['certificate', 'approve', refused]),
      new RegExp(`\nerror: certificate signing request "${refused}" is already Denied\n`),
    );
  });

test('an approved request that breaks its signer’s rules fails, in upstream’s words', async () => {
  await ask(admin, 'server', jane, { usages: ['client auth', 'server auth'] });
  await (await kubectlOf(cluster))(['certificate', 'approve', 'server']);
  await eventually(async () => {
    assert.deepEqual((await conditions('server'))[1], [
      'Failed',
      'True',
      'SignerValidationFailure',
      'invalid usage for client certificate: server auth',
    ]);
  });
  assert.match(await (await kubectlOf(cluster))(['get', 'csr', 'server']), /Approved,Failed/);
});

test('a bootstrap token gets a node its certificate, a node the next one; neither gets another’s', async () => {
  const expiration = new Date(Date.now() + 8_000).toISOString();
  const data = {
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    expiration,
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
  };
  const secret = { namespace: 'kube-system', name: 'bootstrap-token-abcdef' };
  await admin.resource(secretKind).create({ metadata: secret, type: 'bootstrap.kubernetes.io/token', stringData: data });
  const info = { namespace: 'kube-public', name: 'cluster-info' };
  await admin.resource(configMapKind).create({ metadata: info, data: { kubeconfig: 'clusters: []' } });

  const machine = clientOf({ token: 'abcdef.0123456789abcdef' });
  const node = { commonName: 'system:node:n', organizations: ['system:nodes'] };
  const key = await eventually(() => ask(machine, 'first', node, forKubelets));
  const cert = await issued('first');
  const message = 'Auto approving kubelet client certificate after SubjectAccessReview.';
  assert.deepEqual(await conditions('first'), [['Approved', 'True', 'AutoApproved', message]]);
  const kubelet = clientOf({ cert, key });
  assert.deepEqual(await whoIs(kubelet), ['system:node:n', ['system:nodes', 'system:authenticated']]);
  await ask(kubelet, 'next', node, forKubelets);
  await issued('next');
  assert.match((await conditions('next'))[0]?.[3] ?? '', /^Auto approving self kubelet client certificate/);
  await assert.rejects(
    ask(kubelet, 'stolen', { ...node, commonName: 'system:node:m' }, forKubelets),
    (error) => isStatus(error, 'Forbidden') && /can only create a node CSR with CN=system:node:n$/.test(error.message),
  );

  const anonymous = await cluster.api.client();
  const signed = async (): Promise<string[]> => Object.keys((await anonymous.resource(configMapKind).get(info)).data ?? {});
  await eventually(async () => assert.ok((await signed()).includes('jws-kubeconfig-abcdef'), manager.output()));
  await isGone(() => admin.resource(secretKind).get(secret), 15_000);
  await eventually(async () => assert.deepEqual(await signed(), ['kubeconfig']));
  await assert.rejects(whoIs(machine), (error) => isStatus(error, 'Unauthorized'));
});

test('a manager told of an authority it can’t sign with says which flag', async () => {
  const { file } = cluster.pki;
  const other = await startControllerManager(cluster, [
    `--cluster-signing-cert-file=${file('ca.crt')}`,
    `--cluster-signing-key-file=${file('apiserver.key')}`,
  ]);
  await eventually(() => assert.match(other.output(), /--cluster-signing-key-file: the key is not of the certificate/));
  await other.stop();
});

test('requests go when their certificates have ended', () => isGone(() => get('next'), (lifeSeconds + 10) * 1000));
