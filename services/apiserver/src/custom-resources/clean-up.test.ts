import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition } from '@t8s/api';
import { customResourceDefinitionKind } from '@t8s/api';
import type { CachedObject } from '@t8s/storage';
import { FakeClient } from '@t8s/testkit';
import { cleanUp, cleanupFinalizer, definitionHooks } from './clean-up.ts';

const definition = (): CustomResourceDefinition => ({
  metadata: { name: 'books.example.com', finalizers: [cleanupFinalizer] },
  spec: { group: 'example.com', scope: 'Cluster', names: { plural: 'books', kind: 'Book' }, versions: [] },
});
const object = (name: string, deletionTimestamp?: string): CachedObject =>
  ({ key: name, object: { metadata: { name, ...(deletionTimestamp && { deletionTimestamp }) } } }) as CachedObject;

test('a deleted definition stays, with a finalizer and a condition that say why; what is settled is not said again', () => {
  const crd = definition();
  delete crd.metadata.finalizers;
  assert.ok(definitionHooks.isHeld?.(crd));
  definitionHooks.markDeleting?.(crd);
  crd.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  assert.deepEqual(crd.metadata.finalizers, [cleanupFinalizer]);
  assert.equal(crd.status?.conditions?.[0]?.reason, 'InstanceDeletionPending');
  assert.ok(!definitionHooks.isHeld?.(crd));
  crd.metadata.finalizers = [];
  definitionHooks.markDeleting?.(crd);
  assert.deepEqual(crd.metadata.finalizers, [], 'a finalizer that was taken does not come back');
});

test('what is left is deleted, once; the finalizer goes when nothing is left, with another’s left alone', async () => {
  const definitions = new FakeClient().resource(customResourceDefinitionKind);
  const first = definition();
  first.metadata.finalizers?.push('example.com/other');
  const crd = await definitions.create(first);
  let objects = [object('a'), object('held', '2026-01-01T00:00:00Z')];
  const removed: string[] = [];
  const remove = async ({ name }: { name: string }): Promise<void> => {
    removed.push(name);
    objects = objects.filter(({ key }) => key !== name);
  };
  assert.equal(await cleanUp({ crd, definitions, remove, objects: () => objects }), 1);
  assert.deepEqual(removed, ['a']);
  const waiting = await definitions.get({ name: 'books.example.com' });
  assert.deepEqual(
    waiting.status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
    ['Terminating=True InstanceDeletionInProgress'],
  );
  objects = [];
  assert.equal(await cleanUp({ crd: waiting, definitions, remove, objects: () => objects }), 0);
  assert.deepEqual((await definitions.get({ name: 'books.example.com' })).metadata.finalizers, ['example.com/other']);
});

test('a deletion that fails is told in the condition', async () => {
  const definitions = new FakeClient().resource(customResourceDefinitionKind);
  const crd = await definitions.create(definition());
  const remove = async (): Promise<void> => {
    throw new Error('admission says no');
  };
  await assert.rejects(cleanUp({ crd, definitions, remove, objects: () => [object('a')] }), /admission says no/);
  const [condition] = (await definitions.get({ name: 'books.example.com' })).status?.conditions ?? [];
  assert.deepEqual([condition?.reason, condition?.message], ['InstanceDeletionFailed', 'could not issue all deletes: admission says no']);
});
