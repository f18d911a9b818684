import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigMap, configMapKind } from '@t8s/api';
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
