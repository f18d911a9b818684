import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { podKind } from '@t8s/api';
import { createCa, issueCertificate } from '@t8s/auth';
import type { ConnectionConfig } from '@t8s/component';
import type { ApiServerProcess } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { median, type Result, rate } from './result.ts';

const count = 5000;

/** Lists of 5,000 pods, from memory and consistent, against the same bytes from a bare node:https server. */
export async function lists(api: ApiServerProcess): Promise<Result[]> {
  const pods = api.client.resource(podKind);
  const { items } = await pods.list();
  if (items.length < count) await rate(count - items.length, 64, (i) => pods.create(examplePod(`list-${i}`)));
  const path = `/api/v1/pods?limit=${count}`;
  const body = await get(api.connection, path);
  const ca = await createCa({ commonName: 'bare-ca' });
  const { cert, key } = await issueCertificate({ ca, subject: { commonName: 'bare' }, usages: ['server'], hosts: ['127.0.0.1'] });
  const bare = createServer({ cert, key }, (_, response) => response.end(body));
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
  const bareConnection = { server: `https://127.0.0.1:${(bare.address() as AddressInfo).port}`, ca: ca.cert };
  const times: Record<'bare' | 'memory' | 'consistent', number[]> = { bare: [], memory: [], consistent: [] };
  const before = api.cpu();
  for (let round = 0; round < 12; round++) {
    times.bare.push(await timed(() => get(bareConnection, '/')));
    times.memory.push(await timed(() => get(api.connection, `${path}&resourceVersion=0`)));
    times.consistent.push(await timed(() => get(api.connection, path)));
  }
  const cpu = (api.cpu() - before) / 24;
  bare.close();
  bare.closeAllConnections();
  const ms = (name: keyof typeof times): number => median(times[name]);
  const megabytes = (body.length / 1e6).toFixed(1);
  return [
    {
      work: `list ${count} pods (${megabytes} MB), bare server / ours`,
      value: (ms('bare') / ms('memory')).toFixed(2),
      goal: '≥ 0.5',
      upstream: '189 ms, consistent 303 ms',
      detail: `bare ${ms('bare').toFixed(0)} ms, memory ${ms('memory').toFixed(0)} ms, consistent ${ms('consistent').toFixed(0)} ms, ${(cpu * 1000).toFixed(0)} ms CPU`,
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function get({ server, ca, cert, key }: ConnectionConfig, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, server), { ca, cert, key, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve(Buffer.concat(chunks)));
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}
