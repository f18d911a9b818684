import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigMap, configMapKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { expired } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';
import { Informer } from './informer.ts';
import { InformerSet } from './informer-set.ts';

const configMap = (name: string, data = '1', labels: Record<string, string> = {}): ConfigMap => ({
  metadata: { name, namespace: 'd', labels },
  data: { data },
});

function start(client: FakeClient): { informer: Informer<ConfigMap>; seen: string[]; stop: AbortController } {
  const informer = new Informer<ConfigMap>({
    client,
    kind: configMapKind,
    log: silentLogger,
    indexers: { data: (c) => [c.data?.data ?? ''] },
  });
  const seen: string[] = [];
  informer.addHandler({
    added: (o) => seen.push(`+${o.metadata.name}`),
    updated: (o, old) => seen.push(`${old.data?.data}>${o.data?.data}`),
    deleted: (o) => seen.push(`-${o.metadata.name}`),
  });
  const stop = new AbortController();
  void informer.run(stop.signal);
  return { informer, seen, stop };
}

test('follows the list and its changes, indexes included', async () => {
  const client = new FakeClient();
  await client.resource(configMapKind).create(configMap('a'));
  const { informer, seen, stop } = start(client);
  await informer.synced;
  await client.resource(configMapKind).create(configMap('b'));
  await client.resource(configMapKind).update(configMap('a', '2'));
  await client.resource(configMapKind).delete({ namespace: 'd', name: 'b' });
  await eventually(() => assert.deepEqual(seen, ['+a', '+b', '1>2', '-b']));
  assert.deepEqual(
    informer.byIndex('data', '2').map((o) => o.metadata.name),
    ['a'],
  );
  assert.deepEqual(informer.byIndex('data', '1'), []);
  assert.equal(informer.get('d/a')?.data?.data, '2');
  stop.abort();
});

test('lists again when the log has moved on, and tells what went meanwhile', async () => {
  const client = new FakeClient();
  await client.resource(configMapKind).create(configMap('a'));
  let lists = 0;
  let broken = false;
  client.onAction(({ verb }) => {
    if (verb === 'list') lists += 1;
  });
  const resource = client.resource(configMapKind);
  const watch = resource.watch.bind(resource);
  client.resource = () => Object.assign(resource, { watch: (options: object) => (broken ? watch(options) : failing()) }) as never;
  // biome-ignore lint/correctness/useYield: the watch fails before its first event
  async function* failing(): AsyncGenerator<never> {
    broken = true;
    await resource.delete({ namespace: 'd', name: 'a' });
    await resource.create(configMap('b'));
    throw expired('too old resource version: 1 (2)');
  }
  const { seen, stop } = start(client);
  await eventually(() => assert.deepEqual(seen, ['+a', '-a', '+b']));
  assert.equal(lists, 2);
  stop.abort();
});

test('a set shares informers of the same kind and scope', () => {
  const set = new InformerSet({ client: new FakeClient(), log: silentLogger });
  assert.equal(set.informer(configMapKind), set.informer(configMapKind));
  assert.notEqual(set.informer(configMapKind), set.informer(configMapKind, { namespace: 'd' }));
});

test('a watch that breaks or ends at once goes on from the version it reached, with growing pauses and no new list', async () => {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const calls: string[] = [];
  const resource = client.resource(configMapKind);
  client.resource = () =>
    ({
      list: async () => {
        calls.push('list');
        return { metadata: { resourceVersion: '7' }, items: [] };
      },
      async *watch({ resourceVersion }: { resourceVersion: string }) {
        calls.push(`watch ${resourceVersion}`);
        if (calls.length === 2) {
          yield { type: 'ADDED', object: { ...configMap('a'), metadata: { ...configMap('a').metadata, resourceVersion: '8' } } };
          yield { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } };
          throw new Error('connection reset');
        }
      },
    }) as unknown as typeof resource as never;
  const informer = new Informer<ConfigMap>({ client, kind: configMapKind, log: silentLogger, clock });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await clock.advance(30_000);
  stop.abort();
  await running;
  assert.equal(informer.size, 1);
  assert.deepEqual(calls.slice(0, 4), ['list', 'watch 7', 'watch 9', 'watch 9']);
  assert.ok(calls.length <= 8, `${calls.length} calls in 30 s`);
});

test('a handler that fails, now or later, harms no other', async () => {
  const client = new FakeClient();
  const { informer, seen, stop } = start(client);
  informer.addHandler({
    added() {
      throw new Error('no');
    },
    deleted: () => Promise.reject(new Error('later')),
  });
  const late: string[] = [];
  informer.addHandler({ added: (o) => late.push(o.metadata.name ?? '') });
  await informer.synced;
  await client.resource(configMapKind).create(configMap('a'));
  await client.resource(configMapKind).delete({ namespace: 'd', name: 'a' });
  await eventually(() => assert.deepEqual([seen, late], [['+a', '-a'], ['a']]));
  stop.abort();
});
