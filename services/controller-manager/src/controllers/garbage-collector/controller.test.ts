import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigMap, configMapKind, customResourceDefinitionKind, eventKind, namespaceKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { startControllers, type TestRun } from '../../test-context.ts';
import { garbageCollector } from './controller.ts';

const start = (): Promise<TestRun> => startControllers((context) => [garbageCollector(context)]);

async function make({ client }: TestRun, name: string, owners: readonly ConfigMap[] = []): Promise<ConfigMap> {
  const ownerReferences = owners.map((o) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: o.metadata.name ?? '',
    uid: o.metadata.uid ?? '',
    blockOwnerDeletion: true,
  }));
  return client.resource(configMapKind).create({ metadata: { name, namespace: 'd', ...(owners.length > 0 && { ownerReferences }) } });
}

const names = async ({ client }: TestRun): Promise<(string | undefined)[]> =>
  (await client.resource(configMapKind).list()).items.map((o) => o.metadata.name).sort();

async function family(run: TestRun): Promise<void> {
  const parent = await make(run, 'parent');
  const child = await make(run, 'child', [parent]);
  await make(run, 'grandchild', [child]);
  await run.settle();
}

test('background: what lost its owner goes, generation by generation', async () => {
  const run = await start();
  await family(run);
  assert.deepEqual(await names(run), ['child', 'grandchild', 'parent']);
  await run.client.resource(configMapKind).delete({ namespace: 'd', name: 'parent' });
  await run.settle();
  assert.deepEqual(await names(run), []);
  run.stop();
});

test('foreground: the owner goes last', async () => {
  const run = await start();
  await family(run);
  const order: (string | undefined)[] = [];
  void (async () => {
    for await (const { type, object } of run.client.resource(configMapKind).watch({ resourceVersion: String(run.client.version) }))
      if (type === 'DELETED') order.push(object.metadata.name);
  })();
  await run.client.resource(configMapKind).delete({ namespace: 'd', name: 'parent' }, { propagationPolicy: 'Foreground' });
  await run.settle();
  assert.deepEqual(order, ['grandchild', 'child', 'parent']);
  run.stop();
});

test('foreground: who own each other in a circle all go', async () => {
  const run = await start();
  const first = await make(run, 'first');
  const second = await make(run, 'second', [first]);
  const { metadata } = await make(run, 'third', [second]);
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'third', uid: metadata.uid ?? '', blockOwnerDeletion: true }];
  await run.client.resource(configMapKind).update({ ...first, metadata: { ...first.metadata, ownerReferences } });
  await run.settle();
  await run.client.resource(configMapKind).delete({ namespace: 'd', name: 'first' }, { propagationPolicy: 'Foreground' });
  await run.settle();
  assert.deepEqual(await names(run), []);
  run.stop();
});

test('orphan: dependents lose the reference and stay', async () => {
  const run = await start();
  await family(run);
  await run.client.resource(configMapKind).delete({ namespace: 'd', name: 'parent' }, { propagationPolicy: 'Orphan' });
  await run.settle();
  assert.deepEqual(await names(run), ['child', 'grandchild']);
  assert.deepEqual((await run.client.resource(configMapKind).get({ namespace: 'd', name: 'child' })).metadata.ownerReferences, []);
  run.stop();
});

test('an owner that never existed, or another of its name, owns nothing; one living owner is enough', async () => {
  const run = await start();
  const living = await make(run, 'living');
  await make(run, 'lost', [{ metadata: { name: 'living', uid: 'another' } }]);
  await make(run, 'kept', [living, { metadata: { name: 'gone', uid: 'gone' } }]);
  await run.settle();
  assert.deepEqual(await names(run), ['kept', 'living']);
  assert.deepEqual(
    (await run.client.resource(configMapKind).get({ namespace: 'd', name: 'kept' })).metadata.ownerReferences?.map((r) => r.name),
    ['living'],
  );
  run.stop();
});

test('a reference says kind, name and namespace too; what is of no namespace has no owner in one, and stays', async () => {
  const run = await start();
  const { metadata } = await make(run, 'owner');
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid ?? '' };
  const child = (name: string, namespace: string, says: object = {}): Promise<unknown> =>
    run.client.resource(configMapKind).create({ metadata: { name, namespace, ownerReferences: [{ ...ref, ...says }] } });
  await child('good', 'd');
  await child('elsewhere', 'e');
  await child('misnamed', 'd', { name: 'other' });
  await child('miskinded', 'd', { kind: 'Secret' });
  await child('of-a-version-not-served', 'd', { apiVersion: 'v0' });
  await run.client.resource(namespaceKind).create({ metadata: { name: 'wide', ownerReferences: [ref] }, spec: {} });
  await run.settle();
  assert.deepEqual(await names(run), ['good', 'of-a-version-not-served', 'owner']);
  assert.deepEqual(
    (await run.client.resource(namespaceKind).list()).items.map((o) => o.metadata.name),
    ['wide'],
  );
  const where = ['', 'e'].map(
    (namespace) =>
      `ownerRef [v1/ConfigMap, namespace: ${namespace}, name: owner, uid: ${ref.uid}] does not exist in namespace "${namespace}"`,
  );
  assert.deepEqual(
    (await run.client.resource(eventKind).list()).items.map(({ type, reason, message }) => [type, reason, message]).sort(),
    where.map((message) => ['Warning', 'OwnerRefInvalidNamespace', message]),
  );
  run.stop();
});

test('kinds that come while it runs are collected too, and what was owned by one that is gone', async () => {
  const run = await start();
  const parent = await make(run, 'parent');
  const bookKind = { group: 'example.com', version: 'v1', kind: 'Book', resource: 'books', namespaced: true };
  const books = run.client.resource<KubeObject>(bookKind);
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: parent.metadata.uid ?? '' };
  const book = await books.create({ metadata: { name: 'tome', namespace: 'd', ownerReferences: [owner] } });
  await make(run, 'leaf');
  run.client.kinds.push(bookKind);
  const definition = {
    metadata: { name: 'books.example.com' },
    spec: { group: 'example.com', names: { plural: 'books', kind: 'Book' }, scope: 'Namespaced', versions: [] },
  };
  await run.client.resource(customResourceDefinitionKind).create(definition);
  await run.settle(2000);
  const leaf = await run.client.resource(configMapKind).get({ namespace: 'd', name: 'leaf' });
  const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Book', name: 'tome', uid: book.metadata.uid ?? '' }];
  await run.client.resource(configMapKind).update({ ...leaf, metadata: { ...leaf.metadata, ownerReferences } });
  await run.settle();
  assert.deepEqual(await names(run), ['leaf', 'parent'], 'its owner is there');
  await run.client.resource(configMapKind).delete({ namespace: 'd', name: 'parent' });
  await run.settle();
  assert.deepEqual((await books.list()).items, []);
  assert.deepEqual(await names(run), []);
  run.client.kinds.pop();
  await run.client.resource(customResourceDefinitionKind).delete({ name: 'books.example.com' });
  await run.settle(2000);
  const before = run.client.actions.length;
  await run.settle(20_000);
  assert.deepEqual(
    run.client.actions.slice(before).filter(({ resource }) => resource === 'books'),
    [],
    'nobody asks for it any more',
  );
  run.stop();
});
