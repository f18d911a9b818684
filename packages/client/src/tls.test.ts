import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createClient } from './client.ts';
import { ConnectionError } from './connection-error.ts';

/** A certificate that signs itself. */
function selfSigned(dir: string, name: string): { cert: string; key: string } {
  const [keyFile, certFile] = [join(dir, `${name}.key`), join(dir, `${name}.crt`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
}

let dir: string;
before(() => {
  dir = mkdtempSync(join(tmpdir(), 't8s-client-'));
});
after(() => rmSync(dir, { recursive: true }));

async function listen(own: { cert: string; key: string }, handle: RequestListener): Promise<{ address: string; close(): void }> {
  const server = createServer({ ...own, requestCert: true, rejectUnauthorized: false }, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

const peerOf = (request: IncomingMessage): string => String((request.socket as TLSSocket).getPeerCertificate().subject.CN);

test('presents its certificate, checks the server, and reads its token from a file', async () => {
  const { key, cert } = selfSigned(dir, 'localhost');
  const tokenFile = join(dir, 'token');
  writeFileSync(tokenFile, 'secret\n');
  const { address, close } = await listen({ key, cert }, (request, response) => {
    response.end(JSON.stringify({ peer: peerOf(request), token: request.headers.authorization }));
  });
  const client = createClient({ connection: { server: address, ca: cert, cert, key, tokenFile }, userAgent: 'test/1' });
  assert.deepEqual(await client.getJson('/version'), { peer: 'localhost', token: 'Bearer secret' });
  const distrustful = createClient({ connection: { server: address, cert, key }, userAgent: 'test/1' });
  await assert.rejects(distrustful.getJson('/version'), (e) => e instanceof ConnectionError && e.code === 'DEPTH_ZERO_SELF_SIGNED_CERT');
  client.close();
  distrustful.close();
  close();
});

test('a renewed certificate is for new connections; a stream under way goes on as who began it', async () => {
  const server = selfSigned(dir, 'server');
  let presented = selfSigned(dir, 'old');
  const streams: ServerResponse[] = [];
  const { address, close } = await listen(server, (request, response) => {
    if (request.url === '/watch') streams.push(response.writeHead(200));
    response.write(JSON.stringify(peerOf(request)));
    if (request.url !== '/watch') response.end();
  });
  const client = createClient({ connection: { server: address, ca: server.cert }, userAgent: 'test/1', certificate: () => presented });
  assert.equal(await client.getJson('/'), 'old');
  const stream = (await client.stream({ method: 'GET', path: '/watch' }))[Symbol.asyncIterator]();
  assert.equal((await stream.next()).value?.toString(), '"old"');
  presented = selfSigned(dir, 'new');
  assert.equal(await client.getJson('/'), 'new');
  streams[0]?.end('more');
  assert.equal((await stream.next()).value?.toString(), 'more');
  assert.equal((await stream.next()).done, true);
  client.close();
  close();
});
