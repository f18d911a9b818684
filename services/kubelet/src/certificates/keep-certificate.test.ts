import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CertificateSigningRequest, certificateSigningRequestKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { createCa, type KeyPair, signCertificateRequest } from '@t8s/auth';
import { Held } from '@t8s/component';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { CertificateFiles } from './certificate-files.ts';
import { keepCertificate, stillGood } from './keep-certificate.ts';
import { nodeIdentity } from './request-certificate.ts';

const minute = 60_000;
const wanted = {
  subject: nodeIdentity('a'),
  hosts: ['a', '10.0.0.1'],
  signerName: 'kubernetes.io/kubelet-serving',
  usages: ['server auth'],
};

test('a certificate is asked for at once, and the next when 70 to 90 % of its life is over; refusals are asked again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 't8s-certificates-'));
  const clock = new FakeClock();
  const ca = await createCa({ commonName: 'kubernetes', now: new Date(clock.now()) });
  const client = new FakeClient({ clock });
  const requests = client.resource(certificateSigningRequestKind);
  const files = new CertificateFiles(dir, 'kubelet-server');
  const held = new Held<KeyPair | undefined>(undefined);
  const abort = new AbortController();
  const options = { held, files, wanted, client: () => client, clock, log: silentLogger, random: () => 0.5 };
  const kept = keepCertificate(options, abort.signal);

  /** Keys are made outside of fake time. */
  const soon = async <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    for (let i = 0; i < 200; i++) {
      await clock.advance(1);
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return assert.fail('nothing has happened');
  };
  const asked = (count: number): Promise<CertificateSigningRequest> => soon(async () => (await requests.list()).items[count - 1]);
  const sign = async (csr: CertificateSigningRequest): Promise<void> => {
    const { spec } = csr;
    const now = new Date(clock.now());
    const request = Buffer.from(spec.request, 'base64').toString();
    const notAfter = new Date(clock.now() + 100 * minute);
    const cert = await signCertificateRequest({ ca, request, usages: spec.usages ?? [], notBefore: now, notAfter, now });
    await requests.updateStatus({ ...csr, status: { certificate: Buffer.from(cert).toString('base64') } });
  };

  const first = await asked(1);
  assert.deepEqual([first.spec.signerName, first.spec.usages], [wanted.signerName, wanted.usages]);
  await sign(first);
  const old = await soon(() => held.current);
  assert.ok(stillGood(files.read(), wanted, clock));
  assert.equal(statSync(files.currentPath).mode & 0o777, 0o600);

  await clock.advance(79 * minute);
  assert.equal((await requests.list()).items.length, 1);
  await clock.advance(2 * minute);
  const second = await asked(2);
  await requests.updateStatus({ ...second, status: { conditions: [{ type: 'Denied', status: 'True' }] } });
  await clock.advance(3000);
  const third = await asked(3);
  await clock.advance(16 * minute);
  const fourth = await asked(4);
  assert.notEqual(third.spec.request, fourth.spec.request, 'who is not answered asks anew');
  await sign(fourth);
  await soon(() => (held.current !== old ? true : undefined));
  assert.ok(stillGood(files.read(), wanted, clock));
  assert.equal(readdirSync(dir).length, 3, 'two certificates and the link to the second');
  assert.equal(stillGood(held.current, { ...wanted, hosts: ['10.0.0.2'] }, clock), undefined);
  assert.equal(stillGood({ cert: 'junk', key: '' }, wanted, clock), undefined);
  abort.abort();
  await kept;
  rmSync(dir, { recursive: true });
});
