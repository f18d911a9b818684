import assert from 'node:assert/strict';
import { Agent, get } from 'node:https';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createCa, issueCertificate, type KeyPair } from '@t8s/auth';
import { Held } from '@t8s/component';
import { silentLogger } from '@t8s/telemetry';
import { serveKubelet } from './kubelet-server.ts';

test('there is no connection before there is a certificate; a new one is for new connections, others go on', async () => {
  const ca = await createCa({ commonName: 'kubernetes' });
  const certificateOf = (commonName: string) => issueCertificate({ ca, subject: { commonName }, usages: ['server'], hosts: ['127.0.0.1'] });
  const certificate = new Held<KeyPair | undefined>(undefined);
  const abort = new AbortController();
  const port = await serveKubelet({
    address: '127.0.0.1',
    port: 0,
    certificate,
    clientCa: new Held(ca.cert),
    access: async () => undefined,
    streams: { exec: assert.fail, attach: assert.fail, netnsOf: assert.fail },
    container: assert.fail,
    sandbox: assert.fail,
    pods: () => [],
    metrics: async () => '',
    resourceMetrics: async () => '',
    log: silentLogger,
    signal: abort.signal,
  });
  // A command to run is part of the path, and may be long.
  const path = `/healthz?command=${'a'.repeat(100_000)}`;
  /** Whose certificate the server shows. */
  const peer = (agent: Agent): Promise<string> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, ca: ca.cert, agent }, (response) => {
        assert.equal(response.statusCode, 200);
        const { CN } = (response.socket as TLSSocket).getPeerCertificate().subject;
        response.resume().once('end', () => resolve(String(CN)));
      }).on('error', reject);
    });
  const standing = new Agent({ keepAlive: true });
  await assert.rejects(peer(new Agent()));
  certificate.set(await certificateOf('old'));
  assert.equal(await peer(standing), 'old');
  certificate.set(await certificateOf('new'));
  assert.equal(await peer(standing), 'old', 'the same connection');
  assert.equal(await peer(new Agent()), 'new');
  standing.destroy();
  abort.abort();
});
