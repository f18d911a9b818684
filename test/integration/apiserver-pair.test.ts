/**
 * Two apiservers on one etcd, under load. Then etcd and one of them are killed at any moment while clients write: no acknowledged write
 * is lost, none is done that was not asked for, and a watch that goes on where it was misses nothing, tells nothing twice and keeps the
 * order.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ConfigMap } from '@t8s/api';
import { eventually, Random } from '@t8s/testkit';
import { type Apiserver, type Cluster, startCluster } from './harness.ts';
import { Follower } from './kills/follower.ts';
import { Writer } from './kills/writer.ts';
import { type Answer, type RawClient, rawClient } from './raw.ts';

let cluster: Cluster;
let clients: readonly [RawClient, RawClient];
const servers: Apiserver[] = [];
before(async () => {
  cluster = await startCluster();
  servers.push(cluster.api, await cluster.startApiserver());
  clients = [rawClient(cluster.api.connection), rawClient((servers[1] ?? cluster.api).connection)];
});
after(async () => {
  for (const client of clients) client.close();
  await cluster.stop();
});

const collection = '/api/v1/namespaces/default/configmaps';
const selected = `${collection}?labelSelector=kills`;
const writers = 6;
/** Kills of etcd, and of an apiserver. */
const kills = 3;

test('many who count in one object through both lose no step, and read what they have written', async () => {
  const [workers, steps] = [6, 12];
  const path = `${collection}/counter`;
  const { revision } = await listed();
  const followers = clients.map((client) => new Follower([client], `${collection}?labelSelector=counts`, revision));
  const created = await clients[0]({
    method: 'POST',
    path: collection,
    body: { metadata: { name: 'counter', labels: { counts: 'yes' } }, data: { n: '0' } },
  });
  const from = revisionOf(created);
  const random = new Random(2);
  const count = async (): Promise<void> => {
    for (let step = 0, written = from; step < steps; ) {
      const read = await random.of(clients)({ path });
      assert.ok(revisionOf(read) >= written, `${revisionOf(read)} is read after ${written} was written`);
      const { metadata, data } = JSON.parse(read.body) as ConfigMap;
      const answer = await random.of(clients)({ method: 'PUT', path, body: { metadata, data: { n: String(Number(data?.['n']) + 1) } } });
      assert.ok([200, 409].includes(answer.code), answer.body);
      if (answer.code === 409) continue;
      written = revisionOf(answer);
      step++;
    }
  };
  await Promise.all(Array.from({ length: workers }, count));
  const last = await clients[1]({ path });
  assert.equal((JSON.parse(last.body) as ConfigMap).data?.['n'], String(workers * steps));
  // Both tell each step, in order.
  await eventually(() => {
    for (const { seen } of followers) assert.equal(seen.at(-1)?.revision, revisionOf(last));
  });
  for (const follower of followers) {
    await follower.stop();
    assert.deepEqual(
      follower.seen.map(({ n }) => n),
      Array.from({ length: workers * steps + 1 }, (_, i) => i),
    );
  }
});

test('what was acknowledged stays, and watches miss nothing, whoever is killed', async (t) => {
  const random = new Random(1);
  const { revision } = await listed();
  const follower = new Follower(clients, selected, revision);
  const end = new AbortController();
  const all = Array.from({ length: writers }, (_, i) => new Writer({ clients, collection, name: `w${i}`, random: new Random(i) }));
  const work = Promise.all(all.map((writer) => writer.run(end.signal)));
  t.after(async () => {
    end.abort();
    await Promise.allSettled([work, follower.stop()]);
  });
  const acknowledged = (): number => all.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
  const goesOn = async (): Promise<void> => {
    const count = acknowledged();
    const more = eventually(() => assert.ok(acknowledged() > count + 20, `${acknowledged() - count} writes since`), 15_000);
    await Promise.race([work, follower.ended, more]);
    await new Promise((resolve) => setTimeout(resolve, random.below(150)));
  };
  // One after the other, so that one always goes on; each comes back on its port.
  for (let i = 0; i < kills; i++) {
    await goesOn();
    await cluster.etcd.kill();
    await new Promise((resolve) => setTimeout(resolve, random.below(300)));
    await cluster.etcd.start();
    await goesOn();
    const [server] = servers.splice(0, 1);
    await server?.kill();
    servers.push(await cluster.startApiserver([], Number(new URL(server?.url ?? '').port)));
  }
  await goesOn();
  end.abort();
  await work;

  const last = await listed();
  const known = new Map(all.flatMap(({ objects }) => [...objects]));
  assert.deepEqual(sorted(last.objects), sorted(known));
  await Promise.race([follower.ended, eventually(() => assert.deepEqual(sorted(follower.objects), sorted(last.objects)))]);
  await follower.stop();
  const told = new Set(follower.seen.map(({ type, name, uid, revision: at, n }) => line({ type, name, uid, at, n })));
  const missed = all
    .flatMap((writer) => writer.acknowledged)
    .filter(({ type, name, uid, revision: at, n }) =>
      type === 'DELETED'
        ? !follower.seen.some((seen) => seen.type === type && seen.uid === uid)
        : !told.has(line({ type, name, uid, at, n })),
    );
  assert.deepEqual(missed, []);
  const unknown = all.reduce((sum, writer) => sum + writer.unknown, 0);
  assert.ok(unknown > 0 && follower.breaks > 0, `${unknown} writes and ${follower.breaks} watches were cut: the kills did not meet them`);
});

async function listed(): Promise<{ revision: number; objects: Map<string, { uid: string; n: number }> }> {
  const { body } = await clients[0]({ path: selected });
  const { metadata, items } = JSON.parse(body) as { metadata: { resourceVersion: string }; items: ConfigMap[] };
  const entries = items.map(({ metadata: { name = '', uid = '' }, data }) => [name, { uid, n: Number(data?.['n']) }] as const);
  return { revision: Number(metadata.resourceVersion), objects: new Map(entries) };
}

const revisionOf = ({ body }: Answer): number => Number((JSON.parse(body) as ConfigMap).metadata.resourceVersion);
const line = (parts: Record<string, unknown>): string => JSON.stringify(parts);
const sorted = (objects: ReadonlyMap<string, { uid: string; n: number }>): unknown[] =>
  [...objects].map(([name, { uid, n }]) => [name, uid, n]).sort(([a = ''], [b = '']) => (String(a) < String(b) ? -1 : 1));
