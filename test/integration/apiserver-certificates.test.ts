/** The way of a certificate signing request through the real apiserver: asked, decided, signed, each by who may do it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CertificateSigningRequest, certificateSigningRequestKind, namespaceKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus, type KubeObject } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { examples } from './examples/examples.ts';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const spec = examples['certificates.k8s.io/v1/certificatesigningrequests']?.full['spec'] as CertificateSigningRequest['spec'];
const base = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const put = async <T = CertificateSigningRequest>(path: string, body: KubeObject): Promise<T> => {
  const answer = await admin.request({ method: 'PUT', path, body: JSON.stringify(body) });
  return JSON.parse(answer.body.toString()) as T;
};

test('who asks is who the server says; a decision is made once, a certificate is issued once', async () => {
  const requests = admin.resource(certificateSigningRequestKind);
  const asked = await requests.create({ metadata: { name: 'jane' }, spec: { ...spec, username: 'root', groups: ['wheel'] } });
  assert.deepEqual([asked.spec.username, asked.spec.groups], ['admin', ['system:masters', 'system:authenticated']]);
  const condition = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'by hand' };
  const decided = await put(`${base}/jane/approval`, {
    ...asked,
    spec: { ...spec, signerName: 'example.com/other' },
    status: { conditions: [condition], certificate: 'AAAA' },
  } as CertificateSigningRequest);
  assert.equal(decided.spec.signerName, spec.signerName, 'an approval changes nothing but the decision');
  assert.equal(decided.status?.certificate, undefined);
  const [approved] = decided.status?.conditions ?? [];
  assert.deepEqual(
    { ...approved, lastUpdateTime: '', lastTransitionTime: '' },
    { ...condition, lastUpdateTime: '', lastTransitionTime: '' },
  );
  assert.ok(approved?.lastUpdateTime && approved.lastTransitionTime);
  await assert.rejects(put(`${base}/jane/approval`, { ...decided, status: { conditions: [] } } as CertificateSigningRequest), (error) =>
    isStatus(error, 'Invalid'),
  );
  await assert.rejects(
    put(`${base}/jane/status`, { ...decided, status: { ...decided.status, certificate: 'bm90aGluZw==' } } as CertificateSigningRequest),
    (error) => isStatus(error, 'Invalid'),
  );
  const certificate = Buffer.from((await cluster.pki.client('jane', ['dev'])).cert).toString('base64');
  const signed = await put(`${base}/jane/status`, { ...decided, status: { ...decided.status, certificate } } as CertificateSigningRequest);
  assert.equal(signed.status?.certificate, certificate);
  const another = Buffer.from((await cluster.pki.client('joe', ['dev'])).cert).toString('base64');
  await assert.rejects(
    put(`${base}/jane/status`, { ...signed, status: { ...signed.status, certificate: another } } as CertificateSigningRequest),
    (error) => isStatus(error, 'Invalid'),
  );
});

test('a namespace ends when its own finalizer is taken from it', async () => {
  const namespaces = admin.resource(namespaceKind);
  const made = await namespaces.create({ metadata: { name: 'brief' }, spec: {} });
  assert.deepEqual(made.spec.finalizers, ['kubernetes']);
  await namespaces.delete({ name: 'brief' });
  const ending = await namespaces.get({ name: 'brief' });
  assert.equal(ending.status?.phase, 'Terminating');
  await put('/api/v1/namespaces/brief/finalize', { ...ending, spec: { finalizers: [] } } as KubeObject);
  await eventually(() => assert.rejects(namespaces.get({ name: 'brief' }), (error) => isStatus(error, 'NotFound')));
});
