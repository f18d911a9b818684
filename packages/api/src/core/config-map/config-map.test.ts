import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ConfigMap } from '../../generated/types.ts';
import { configMapKind } from './kind.ts';

const { strategy } = configMapKind;
const messages = (config: Partial<ConfigMap>): string[] => (strategy.validate?.({ metadata: {}, ...config }) ?? []).map(fieldErrorMessage);

test('keys, and the size of all data', () => {
  assert.deepEqual(messages({ data: { 'a.b_C-1': '' }, binaryData: { c: 'AA==' } }), []);
  assert.match(messages({ data: { 'a/b': '' } }).join(), /^data\[a\/b\]: Invalid value: "a\/b": a valid config key must consist/);
  assert.match(messages({ data: { '..': '' } }).join(), /must not be '..'/);
  assert.deepEqual(messages({ data: { a: '' }, binaryData: { a: '' } }), [
    'data[a]: Invalid value: "a": duplicate of key present in binaryData',
  ]);
  assert.deepEqual(messages({ data: { a: 'x'.repeat(1048577) } }), [': Too long: may not be more than 1048576 bytes']);
});

test('an immutable one stays as it is', () => {
  const old: ConfigMap = { metadata: {}, immutable: true, data: { a: '1' } };
  const update = (config: ConfigMap): string[] => (strategy.validateUpdate?.(config, old) ?? []).map(fieldErrorMessage);
  assert.deepEqual(update({ ...old, metadata: { labels: { x: 'y' } } }), []);
  assert.deepEqual(update({ metadata: {}, data: { a: '2' } }), [
    'immutable: Forbidden: field is immutable when `immutable` is set',
    'data: Forbidden: field is immutable when `immutable` is set',
  ]);
});

test('columns', () => {
  const config: ConfigMap = {
    metadata: { name: 'c', creationTimestamp: '2026-01-01T00:00:00Z' },
    data: { a: '', b: '' },
    binaryData: { c: '' },
  };
  assert.deepEqual(
    configMapKind.columns?.map((column) => column.cell(config, Date.parse('2026-01-01T00:01:30Z'))),
    ['c', 3, '90s'],
  );
});
