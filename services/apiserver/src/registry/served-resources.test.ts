import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind, type Kind } from '@t8s/api';
import type { ServedResource } from '../context.ts';
import { ServedResources } from './served-resources.ts';

const custom = (kind: Partial<Kind>): ServedResource => ({
  kind: { ...configMapKind, group: 'example.com', kind: 'Book', resource: 'books', ...kind },
  storage: 'example.com/books',
});

test('custom resources come and go, and whoever listens is told; built-in ones stay what they are', () => {
  const served = new ServedResources([configMapKind]);
  let changes = 0;
  const stop = served.onChange(() => {
    changes += 1;
  });
  const [first, usurper] = [custom({}), custom({ group: '', resource: 'configmaps' })];
  served.setCustom('books.example.com', [first, usurper]);
  assert.equal(served.find('example.com', 'v1', 'books'), first);
  assert.equal(served.find('', 'v1', 'configmaps')?.kind, configMapKind);
  assert.ok(served.serves('example.com/v1', 'Book'));
  assert.deepEqual(
    served.kinds.map(({ kind }) => kind),
    ['ConfigMap', 'Book'],
  );
  served.setCustom('books.example.com', [custom({ version: 'v2' })]);
  assert.equal(served.find('example.com', 'v1', 'books'), undefined);
  served.setCustom('pens.example.com', []);
  assert.equal(changes, 2, 'nothing has changed');
  stop();
  served.setCustom('books.example.com', []);
  assert.deepEqual(served.all, [served.find('', 'v1', 'configmaps')]);
  assert.equal(changes, 2);
});
