/** Answers as bytes, over a connection that stays open: reading them costs as little as node:https allows. */
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCa, issueCertificate } from '@t8s/auth';
import type { ConnectionConfig } from '@t8s/component';

export interface Fetcher {
  get(path: string, accept?: string): Promise<Buffer>;
  close(): void;
}

export function fetcher({ server, ca, cert, key }: ConnectionConfig): Fetcher {
  const agent = new Agent({ ca, cert, key, keepAlive: true, maxSockets: 1 });
  return {
    get: (path, accept = 'application/json') =>
      new Promise((resolve, reject) => {
        const outgoing = request(new URL(path, server), { agent, headers: { Accept: accept } }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('end', () => {
            const body = Buffer.concat(chunks);
            if (response.statusCode === 200) resolve(body);
            else reject(new Error(`${path}: ${response.statusCode} ${body}`));
          });
        });
        outgoing.once('error', reject);
        outgoing.end();
      }),
    close: () => agent.destroy(),
  };
}

/** A server that does nothing but send these bodies: `/0`, `/1` … */
export async function bareServer(bodies: readonly Buffer[]): Promise<{ connection: ConnectionConfig; close(): void }> {
  const ca = await createCa({ commonName: 'bare-ca' });
  const { cert, key } = await issueCertificate({ ca, subject: { commonName: 'bare' }, usages: ['server'], hosts: ['127.0.0.1'] });
  const server = createServer({ cert, key }, ({ url = '' }, response) => void response.end(bodies[Number(url.slice(1))]));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    connection: { server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: ca.cert },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
