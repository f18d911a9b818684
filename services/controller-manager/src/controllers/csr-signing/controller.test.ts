import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { type CertificateSigningRequest, certificateSigningRequestKind } from '@t8s/api';
import { createCa } from '@t8s/auth';
import type { ResourceClient } from '@t8s/client';
import { eventually } from '@t8s/testkit';
import { signers } from '../../certificates/kubelet-requests.ts';
import { csr } from '../../certificates/test-requests.ts';
import { startControllers, type TestRun } from '../../test-context.ts';
import { csrSigningController } from './controller.ts';

/** Signing is work of the crypto pool: fake time stands meanwhile. */
const signed = (requests: ResourceClient<CertificateSigningRequest>, name: string, settle: TestRun['settle']): Promise<string> =>
  eventually(async () => {
    await settle(0);
    const { status } = await requests.get({ name });
    assert.ok(status?.certificate);
    return status.certificate;
  });

const ca = await createCa({ commonName: 'kubernetes', now: new Date(Date.UTC(2024, 0, 1)) });
const authorities = Object.fromEntries(Object.values(signers).map((signer) => [signer, ca]));
const day = 86_400_000;
const client = { signerName: signers.client, subject: { commonName: 'jane' }, usages: ['client auth'] };
const serving = { signerName: signers.kubeletServing, hosts: ['a'], usages: ['digital signature', 'server auth'] };

test('each signer has its rules: what breaks them fails with the reason, what is not approved waits', async () => {
  const {
    client: api,
    settle,
    stop,
  } = await startControllers((context) => [csrSigningController(context, { authorities, duration: day })]);
  const requests = api.resource(certificateSigningRequestKind);
  const cases: [name: string, outcome: string, ...request: Parameters<typeof csr>[1][]][] = [
    ['kubelet', 'issued'],
    ['kubelet-with-names', 'DNS subjectAltNames are not allowed', { hosts: ['a'] }],
    ['kubelet-with-address', 'IP subjectAltNames are not allowed', { hosts: ['10.0.0.1'] }],
    ['kubelet-of-others', 'subject organization is not system:nodes', { subject: { commonName: 'system:node:a' } }],
    [
      'no-kubelet',
      'subject common name does not begin with system:node:',
      { subject: { commonName: 'jane', organizations: ['system:nodes'] } },
    ],
    ['kubelet-both', 'usages did not match [client auth digital signature key encipherment]', { usages: ['client auth', 'server auth'] }],
    ['client', 'issued', client],
    ['client-serves', 'invalid usage for client certificate: server auth', { ...client, usages: ['client auth', 'server auth'] }],
    ['client-of-none', 'missing required usage for client certificate: client auth', { ...client, usages: ['digital signature'] }],
    ['serving', 'issued', serving],
    ['serving-nowhere', 'DNS or IP subjectAltName is required', { ...serving, hosts: [] }],
    ['legacy', 'issued', { signerName: signers.legacy, usages: ['code signing'] }],
    ['another', 'waits', { signerName: 'example.com/signer' }],
  ];
  for (const [name, , request] of cases) await requests.create(await csr(name, { ...request, approved: true }));
  await requests.create(await csr('not-approved'));
  await signed(requests, 'legacy', settle);
  for (const [name, outcome] of [...cases, ['not-approved', 'waits']]) {
    const { certificate, conditions = [] } = (await requests.get({ name: name ?? '' })).status ?? {};
    const failure = conditions.find(({ type }) => type === 'Failed');
    if (failure) assert.equal(failure.reason, 'SignerValidationFailure');
    assert.equal(certificate ? 'issued' : (failure?.message ?? 'waits'), outcome, name);
  }
  stop();
});

test('a certificate lives as long as asked for, within bounds', async () => {
  const {
    client: api,
    clock,
    settle,
    stop,
  } = await startControllers((context) => [csrSigningController(context, { authorities, duration: day })]);
  const requests = api.resource(certificateSigningRequestKind);
  const minute = 60_000;
  const lives: [expirationSeconds: number | undefined, begins: number, ends: number][] = [
    [undefined, -5 * minute, day - 5 * minute],
    [7 * 86_400, -5 * minute, day - 5 * minute],
    [3600, -5 * minute, 60 * minute],
    [60, -5 * minute, 10 * minute],
  ];
  for (const [i, [expirationSeconds, begins, ends]] of lives.entries()) {
    const name = `r${i}`;
    const asked = clock.now();
    await requests.create(await csr(name, { ...(expirationSeconds && { expirationSeconds }), approved: true }));
    const certificate = await signed(requests, name, settle);
    const { validFrom, validTo } = new X509Certificate(Buffer.from(certificate, 'base64'));
    const near = (text: string, ms: number): boolean => Math.abs(Date.parse(text) - asked - ms) < 12_000;
    assert.ok(near(validFrom, begins) && near(validTo, ends), `${expirationSeconds}: ${validFrom} to ${validTo}`);
  }
  stop();
});
