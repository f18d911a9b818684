import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import { csiStorageCapacityKind } from './kind.ts';

const { strategy, columns = [] } = csiStorageCapacityKind;
const object = { metadata: { name: 'c' }, storageClassName: 's', nodeTopology: { matchLabels: { zone: 'a' } }, capacity: '1Gi' };

test('what is reported may change, of what may not', () => {
  assert.deepEqual(strategy.validate?.(object), []);
  assert.deepEqual(strategy.validate?.({ ...object, capacity: '-1' }).map(fieldErrorMessage), [
    'capacity: Invalid value: "-1": must be greater than or equal to 0',
  ]);
  assert.deepEqual(strategy.validateUpdate?.({ ...object, capacity: '2Gi' }, object), []);
  assert.deepEqual(strategy.validateUpdate?.({ ...object, storageClassName: 't', nodeTopology: {} }, object).map(fieldErrorMessage), [
    'nodeTopology: Invalid value: {}: field is immutable',
    'storageClassName: Invalid value: "t": field is immutable',
  ]);
  assert.deepEqual(strategy.warnings?.({ ...object, nodeTopology: { matchLabels: { 'beta.kubernetes.io/os': 'x' } } }), [
    'nodeTopology.matchLabels.beta.kubernetes.io/os: deprecated since v1.14; use "kubernetes.io/os" instead',
  ]);
  assert.deepEqual(
    columns.map((column) => column.cell(object, 0)),
    ['c', 's', '1Gi'],
  );
});
