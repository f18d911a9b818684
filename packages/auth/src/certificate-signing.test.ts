import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { KeyUsagesExtension, X509Certificate as Parsed } from '@peculiar/x509';
import { readCertificateRequest } from './certificate-request.ts';
import { createCertificateRequest, signCertificateRequest } from './certificate-signing.ts';
import { createCa } from './certificates.ts';
import { CertificateError } from './pem.ts';

const now = new Date();
const hours = (n: number): Date => new Date(now.getTime() + n * 3_600_000);
const asked = await createCertificateRequest({ commonName: 'system:node:a', organizations: ['system:nodes'] }, ['a', '10.0.0.1']);
const sign = { request: asked.request, usages: ['digital signature', 'server auth', 'client auth'], notBefore: hours(-1), now };

test('a certificate has the names and key of the request, and the usages it was asked for', async () => {
  const ca = await createCa({ commonName: 'kubernetes' });
  const pem = await signCertificateRequest({ ...sign, ca, notAfter: hours(1) });
  const cert = new X509Certificate(pem);
  assert.ok(cert.verify(new X509Certificate(ca.cert).publicKey));
  assert.ok(cert.checkIssued(new X509Certificate(ca.cert)));
  assert.equal(cert.checkPrivateKey(createPrivateKey(asked.key)), true);
  assert.equal(cert.subject, 'O=system:nodes\nCN=system:node:a');
  assert.equal(cert.subjectAltName, 'DNS:a, IP Address:10.0.0.1');
  assert.deepEqual(cert.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  assert.equal(cert.ca, false);
  assert.equal(new Parsed(pem).getExtension(KeyUsagesExtension)?.usages, 1);
  assert.deepEqual((await readCertificateRequest(asked.request)).names.dns, ['a']);
});

test('authorities of every usual kind sign, none beyond its end, and none after it', async () => {
  for (const key of [
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'sec1', format: 'pem' }),
  ]) {
    const root = await createCa({ commonName: 'kubernetes', days: 1 });
    const pem = await signCertificateRequest({ ...sign, ca: { cert: root.cert, key: key.toString() }, notAfter: hours(1000) });
    assert.equal(new X509Certificate(pem).issuer, 'CN=kubernetes');
    assert.ok(Date.parse(new X509Certificate(pem).validTo) < hours(25).getTime());
  }
  const ca = await createCa({ commonName: 'kubernetes', days: 1, now: hours(-48) });
  await assert.rejects(signCertificateRequest({ ...sign, ca, notAfter: hours(1) }), CertificateError);
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const good = await createCa({ commonName: 'kubernetes' });
  await assert.rejects(signCertificateRequest({ ...sign, ca: { ...good, key }, notAfter: hours(1) }), /neither RSA nor ECDSA/);
});
