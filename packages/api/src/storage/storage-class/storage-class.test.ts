import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { StorageClass } from '../../generated/types.ts';
import { storageClassKind } from './kind.ts';

const { strategy, columns = [] } = storageClassKind;
const of = (more: Partial<StorageClass> = {}): StorageClass => {
  const storageClass = { metadata: { name: 's' }, provisioner: 'example.com/p', ...more };
  strategy.defaults?.(storageClass);
  return storageClass;
};
const messages = (more: Partial<StorageClass>): string[] => (strategy.validate?.(of(more)) ?? []).map(fieldErrorMessage);

test('each rule by an example', () => {
  const zone = (...values: string[]) => ({ matchLabelExpressions: [{ key: 'zone', values }] });
  const cases: [more: Partial<StorageClass>, ...errors: string[]][] = [
    [{ parameters: { a: '' }, allowedTopologies: [zone('a'), zone('b')] }],
    [{ provisioner: '' }, 'provisioner: Required value'],
    [{ parameters: { '': 'x' } }, 'parameters: Invalid value: "": field can not be empty.'],
    [{ parameters: { a: 'x'.repeat(256 * 1024) } }, 'parameters: Too long: may not be more than 262144 bytes'],
    [{ reclaimPolicy: 'Recycle' }, 'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
    [{ volumeBindingMode: 'x' }, 'volumeBindingMode: Unsupported value: "x": supported values: "Immediate", "WaitForFirstConsumer"'],
    [{ allowedTopologies: [zone('a', 'b'), zone('b', 'a')] }, 'allowedTopologies[1].matchLabelExpressions: Duplicate value: ""'],
    [{ allowedTopologies: [zone()] }, 'allowedTopologies[0].matchLabelExpressions[0].values: Required value'],
  ];
  for (const [more, ...errors] of cases) assert.deepEqual(messages(more), errors);
});

test('a class is for ever but for its expansion', () => {
  assert.deepEqual(strategy.validateUpdate?.(of({ allowVolumeExpansion: true }), of()), []);
  const changed = of({ parameters: { a: 'b' }, provisioner: 'q', reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' });
  assert.deepEqual((strategy.validateUpdate?.(changed, of()) ?? []).map(fieldErrorMessage), [
    'parameters: Forbidden: updates to parameters are forbidden.',
    'provisioner: Forbidden: updates to provisioner are forbidden.',
    'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
    'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
  ]);
});

test('the row says which class is the default one; old labels are warned of', () => {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  assert.deepEqual(
    columns.map((column) => column.cell(of({ metadata: { name: 's', annotations } }), 0)),
    ['s (default)', 'example.com/p', 'Delete', 'Immediate', false, '<unknown>'],
  );
  const allowedTopologies = [{ matchLabelExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }] }];
  assert.deepEqual(strategy.warnings?.(of({ allowedTopologies })), [
    'allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  ]);
});
