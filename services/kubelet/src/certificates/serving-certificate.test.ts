import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { createCa } from '@t8s/auth';
import { UsageError } from '@t8s/component';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { type ServingOptions, servingCertificate } from './serving-certificate.ts';

let dir: string;
before(() => {
  dir = mkdtempSync(join(tmpdir(), 't8s-serving-'));
});
after(() => rmSync(dir, { recursive: true }));

const options = (more: Partial<ServingOptions> = {}): ServingOptions => ({
  certFile: '',
  keyFile: '',
  certDir: join(dir, 'pki'),
  nodeName: 'a',
  nodeIps: ['10.0.0.1'],
  rotates: false,
  client: new FakeClient(),
  clock: new FakeClock(),
  log: silentLogger,
  signal: new AbortController().signal,
  ...more,
});

test('without a file the certificate signs itself, once', async () => {
  const { current } = await servingCertificate(options());
  const cert = new X509Certificate(current?.cert ?? '');
  assert.deepEqual([cert.checkHost('a'), cert.checkIP('10.0.0.1')], ['a', '10.0.0.1']);
  assert.equal(statSync(join(dir, 'pki/kubelet.key')).mode & 0o777, 0o600);
  assert.deepEqual((await servingCertificate(options())).current, current);
});

test('files that can’t be used are named, with the flag', async () => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const [one, other] = [await createCa({ commonName: 'one' }), await createCa({ commonName: 'other' })];
  const certFile = file('tls.crt', one.cert);
  const cases: [RegExp, Partial<ServingOptions>][] = [
    [/--tls-cert-file and --tls-private-key-file go together/, { certFile }],
    [/cannot read .*none: ENOENT/, { certFile, keyFile: join(dir, 'none') }],
    [/--tls-cert-file .*tls.crt, --tls-private-key-file .*other.key: .*mismatch/, { certFile, keyFile: file('other.key', other.key) }],
    [/--tls-cert-file .*junk.crt/, { certFile: file('junk.crt', 'junk'), keyFile: file('one.key', one.key) }],
  ];
  for (const [message, files] of cases)
    await assert.rejects(servingCertificate(options(files)), (error) => error instanceof UsageError && message.test(error.message));
});
