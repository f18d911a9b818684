import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createClient } from './client.ts';
import { ConnectionError } from './connection-error.ts';

test('presents its certificate, checks the server, and reads its token from a file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 't8s-client-'));
  const file = (name: string): string => join(dir, name);
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '1',
      ...subject,
      '-keyout',
      file('key'),
      '-out',
      file('cert'),
    ],
    { stdio: 'ignore' },
  );
  const [key, cert] = [readFileSync(file('key'), 'utf8'), readFileSync(file('cert'), 'utf8')];
  writeFileSync(file('token'), 'secret\n');
  const server = createServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const peer = (request.socket as TLSSocket).getPeerCertificate();
    response.end(JSON.stringify({ peer: peer.subject.CN, token: request.headers.authorization }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createClient({ connection: { server: address, ca: cert, cert, key, tokenFile: file('token') }, userAgent: 'test/1' });
  assert.deepEqual(await client.getJson('/version'), { peer: 'localhost', token: 'Bearer secret' });
  const distrustful = createClient({ connection: { server: address, cert, key }, userAgent: 'test/1' });
  await assert.rejects(distrustful.getJson('/version'), (e) => e instanceof ConnectionError && e.code === 'DEPTH_ZERO_SELF_SIGNED_CERT');
  client.close();
  distrustful.close();
  server.close();
  rmSync(dir, { recursive: true });
});
