/**
 * Thousands of wrong requests, the same ones each time: none is the server's own fault, none ends it, and what they cost in memory
 * is given back. A failure names the request.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Status } from '@t8s/meta';
import { Random } from '@t8s/testkit';
import { examples } from './examples/examples.ts';
import { goodRequest, type Subject, wrongRequest } from './fuzz/requests.ts';
import { type Cluster, startCluster } from './harness.ts';
import { type Answer, type Ask, type RawClient, rawClient } from './raw.ts';
import { discover } from './served-resource.ts';

let cluster: Cluster;
let ask: RawClient;
before(async () => {
  cluster = await startCluster();
  ask = rawClient(cluster.api.connection);
});
after(async () => {
  ask.close();
  await cluster.stop();
});

const seed = 20_261_121;
const requests = 1500;
/** Requests under way at a time. */
const parallel = 8;
/** What one round may leave behind, in MB: less than a tenth of what it sends. */
const growth = 32;
/** What is written here decides on later requests of all: upstream answers those with 500 where it can't be followed. */
const farReaching = /webhookconfigurations$/;

test('wrong requests are refused, every one, and leave nothing behind', async () => {
  const subjects: Subject[] = (await discover(cluster.api.admin)).flatMap((resource) => {
    const example = examples[resource.key];
    return example && !farReaching.test(resource.key) ? [{ resource, example }] : [];
  });
  const codes = await round(subjects);
  const [refused = 0, done = 0] = [4, 2].map((kind) => codes.filter((code) => Math.floor(code / 100) === kind).length);
  assert.ok(
    refused > requests / 2 && done > requests / 20,
    `${refused} refused and ${done} done: the requests are not what they should be`,
  );
  await round(subjects);
  const used = await megabytes();
  await round(subjects);
  const more = (await megabytes()) - used;
  assert.ok(more < growth, `${more} MB more after the third round than after the second`);
  assert.doesNotMatch(cluster.api.output(), /"level":"?(50|60|error|fatal)/);
});

/** Sends all requests and gives their codes. */
async function round(subjects: readonly Subject[]): Promise<number[]> {
  const random = new Random(seed);
  for (const subject of subjects) await ask(goodRequest(subject));
  const queue = Array.from({ length: requests }, (_, i) => ({ i, given: wrongRequest(random, subjects[i % subjects.length] as Subject) }));
  const codes: number[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { i, given } = next;
      const answer = await ask(given).catch((cause: Error) =>
        assert.fail(`${told(i, given)}\n${cause.stack}\n${cluster.api.output().slice(-2000)}`),
      );
      check(answer, told(i, given));
      codes.push(answer.code);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return codes;
}

function check({ code, status, body }: Answer, what: string): void {
  const answered = `${what}\nwas answered with ${code} ${body.slice(0, 1000)}`;
  if (code < 400) return;
  const { kind, reason, message }: Status = status;
  assert.deepEqual([kind, status.code, message !== ''], ['Status', code, true], answered);
  // Upstream leaves some mistakes of clients unclassified: those have no reason. A fault of the server's own has one.
  assert.ok(code < 500 || code === 503 || code === 504 || (code === 500 && reason === undefined), answered);
}

const told = (i: number, { method = 'GET', path, body, headers }: Ask): string =>
  `request ${i} of seed ${seed}: ${method} ${path} ${JSON.stringify(headers ?? {})}\n${body?.toString().slice(0, 4000) ?? ''}`;

async function megabytes(): Promise<number> {
  const { body } = await ask({ path: '/metrics' });
  const bytes = /^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)/m.exec(body)?.[1];
  assert.ok(bytes !== undefined, 'the process does not tell its memory');
  return Number(bytes) / 2 ** 20;
}
