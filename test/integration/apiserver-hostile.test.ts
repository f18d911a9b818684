/** Chance against the apiserver: whatever comes, it answers what the client did wrong, lives on and stays as small as it was. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Client } from '@t8s/client';
import { type Cluster, startCluster } from './harness.ts';
import { hostileRequests } from './hostile/hostile-requests.ts';
import { RawConnection } from './hostile/raw-connection.ts';
import { discover } from './served-resource.ts';

const seed = 20_261_121;
const count = 100_000;
const clients = 16;
/** By how much what lives in the server may be more in the last quarter than in the second. MB. */
const growth = 60;
/** What the process may take in all. MB. */
const most = 700;
/** Memory is looked at once in so many requests. */
const lookEvery = 1000;

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());

/** Resident memory of the server, in MB. */
const memory = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${cluster.api.pid}/status`, 'utf8'))?.[1]) / 1024;

/** What of the server's heap is used, garbage among it, in MB. */
async function heapUsed(admin: Client): Promise<number> {
  const { body } = await admin.request({ method: 'GET', path: '/metrics' });
  return Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(body.toString())?.[1]) / 2 ** 20;
}

test(`${count} hostile requests: an answer to each, no failure of ours, no growth`, { timeout: 600_000 }, async () => {
  const { admin, connection } = cluster.api;
  const requests = hostileRequests(seed, await discover(admin));
  const codes = new Map<number, number>();
  const failures: string[] = [];
  let sent = 0;
  const looks: Promise<number>[] = [];
  const run = async (): Promise<void> => {
    const raw = new RawConnection(connection);
    while (sent < count && failures.length < 20) {
      const number = sent++;
      if (number % lookEvery === 0) looks.push(heapUsed(admin));
      const request = requests.next().value;
      const answer = await raw.send(request).catch((error: Error) => error);
      const fail = (what: string): void => void failures.push(`request ${number}: ${what}\n${request.text}`);
      if (answer instanceof Error) fail(answer.message);
      else if (answer) {
        codes.set(answer.code, (codes.get(answer.code) ?? 0) + 1);
        const body = answer.body.toString();
        if (isOurFailure(answer.code, body)) fail(`${answer.code} ${body.slice(0, 500)}`);
      } else if (request.isFramed) fail('the connection was closed without an answer');
    }
    raw.close();
  };
  await Promise.all(Array.from({ length: clients }, run));
  assert.equal(failures.length, 0, failures.join('\n\n'));
  assert.doesNotMatch(cluster.api.output(), /request failed/);
  await admin.request({ method: 'GET', path: '/readyz' });
  // What is used between two collections says nothing; the least of many looks is what lives.
  const used = await Promise.all(looks);
  const quarter = used.length / 4;
  const [early, late] = [used.slice(quarter, 2 * quarter), used.slice(3 * quarter)].map((some) => Math.min(...some)) as [number, number];
  assert.ok(late - early < growth, `what lives grew from ${early.toFixed(0)} to ${late.toFixed(0)} MB`);
  assert.ok(memory() < most, `the server takes ${memory().toFixed(0)} MB`);
  // It did look at them: all of these say so.
  for (const code of [200, 201, 400, 404, 405, 406, 409, 413, 415, 422]) assert.ok(codes.has(code), `never ${code}: ${show(codes)}`);
});

/**
 * What should never be: but the store or a kubelet may be away (503, 504), and some of what clients do wrong upstream answers with
 * 500 and no reason: patches that merge can't follow, configurations that haven't the form of their type.
 */
const isOurFailure = (code: number, body: string): boolean =>
  code >= 500 && code !== 503 && code !== 504 && (code !== 500 || /"?reason"?: ?/.test(body) || !/"?kind"?: ?"?Status/.test(body));

const show = (codes: ReadonlyMap<number, number>): string =>
  [...codes]
    .sort(([a], [b]) => a - b)
    .map(([code, times]) => `${code}: ${times}`)
    .join(', ');
