import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { certificateLife, createCa, issueCertificate, isUsableCertificate } from './certificates.ts';
import { CertificateError } from './pem.ts';

const year = 365 * 86_400_000;

test('both sides of a connection know each other by certificates of one authority', async () => {
  const ca = await createCa({ commonName: 'kubernetes' });
  const server = await issueCertificate({
    ca,
    subject: { commonName: 'kube-apiserver' },
    usages: ['server'],
    hosts: ['kubernetes.default', '127.0.0.1'],
  });
  const client = await issueCertificate({
    ca,
    subject: { commonName: 'system:node:node-0', organizations: ['system:nodes', 'more'] },
    usages: ['client'],
  });
  const listener = createServer({ ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const accepted = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
  const socket = connect({ host: '127.0.0.1', port, ca: ca.cert, ...client });
  const [peer] = await accepted;
  assert.deepEqual({ ...peer.getPeerCertificate().subject }, { O: ['system:nodes', 'more'], CN: 'system:node:node-0' });
  socket.destroy();
  peer.destroy();

  const refused = connect({ host: '127.0.0.1', port, ca: ca.cert, servername: 'other.example', ...client });
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
  listener.close();
});

test('a certificate says what it is for and ends with its authority at the latest', async () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const ca = await createCa({ commonName: 'etcd-ca', days: 100, now });
  const { cert } = await issueCertificate({
    ca,
    subject: { commonName: 'x' },
    usages: ['server', 'client'],
    hosts: ['localhost', '::1'],
    now,
  });
  const read = new X509Certificate(cert);
  assert.equal(read.ca, false);
  assert.deepEqual(read.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  assert.equal(read.subjectAltName, 'DNS:localhost, IP Address:0:0:0:0:0:0:0:1');
  assert.equal(certificateLife(cert).notAfter.toISOString(), '2026-04-11T00:00:00.000Z');
  assert.equal(new X509Certificate(ca.cert).ca, true);
});

test('a certificate is replaced when it nears its end, lacks a host, or is of another authority or for somebody else', async () => {
  const [ca, other] = [await createCa({ commonName: 'kubernetes' }), await createCa({ commonName: 'kubernetes' })];
  const { cert } = await issueCertificate({ ca, subject: { commonName: 'x' }, usages: ['server'], hosts: ['10.0.0.1', 'a.b'] });
  const usable = (more: object): boolean => isUsableCertificate({ cert, ca: ca.cert, subject: { commonName: 'x' }, ...more });
  assert.equal(usable({ hosts: ['10.0.0.1', 'a.b'] }), true);
  assert.equal(usable({ hosts: ['10.0.0.2'] }), false);
  assert.equal(usable({ now: new Date(Date.now() + year - 20 * 86_400_000) }), false);
  assert.equal(usable({ ca: other.cert }), false);
  assert.equal(usable({ subject: { commonName: 'x', organizations: ['g'] } }), false);
  assert.equal(usable({ subject: { commonName: 'y' } }), false);
});

test('texts that are no certificate or key are refused as such', async () => {
  const ca = await createCa({ commonName: 'kubernetes' });
  assert.throws(() => certificateLife('nonsense'), CertificateError);
  assert.throws(() => isUsableCertificate({ cert: '', ca: ca.cert, subject: { commonName: 'x' } }), CertificateError);
  await assert.rejects(issueCertificate({ ca: { ...ca, key: ca.cert }, subject: { commonName: 'x' }, usages: [] }), CertificateError);
});
