import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { CSINode, CSINodeDriver } from '../../generated/types.ts';
import { csiNodeKind } from './kind.ts';

const { strategy, columns = [] } = csiNodeKind;
const driver: CSINodeDriver = { name: 'd', nodeID: 'n', topologyKeys: ['a/b'] };
const of = (...drivers: CSINodeDriver[]): CSINode => ({ metadata: { name: 'n' }, spec: { drivers } });
const messages = (...drivers: CSINodeDriver[]): string[] => (strategy.validate?.(of(...drivers)) ?? []).map(fieldErrorMessage);

test('each rule by an example; a driver that is there stays as it is', () => {
  assert.deepEqual(messages(driver), []);
  assert.deepEqual(messages(driver, driver), ['spec.drivers[1].name: Duplicate value: "d"']);
  assert.deepEqual(messages({ ...driver, nodeID: '' }), ['spec.drivers[0].nodeID: Required value']);
  assert.match(messages({ ...driver, nodeID: 'x'.repeat(257) }).join(), /must be 256 characters or less$/);
  assert.deepEqual(messages({ ...driver, allocatable: { count: -1 } }), [
    'spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
  ]);
  assert.deepEqual(messages({ ...driver, topologyKeys: ['a', 'a'] }), ['spec.drivers[0]: Duplicate value: "a"']);
  assert.deepEqual(strategy.validateUpdate?.(of(driver, { ...driver, name: 'e' }), of(driver)), []);
  assert.match(
    fieldErrorMessage(strategy.validateUpdate?.(of({ ...driver, nodeID: 'm' }), of(driver))[0] ?? assert.fail()),
    /^spec.drivers: .*field is immutable$/,
  );
  assert.deepEqual(
    columns.map((column) => column.cell(of(driver), 0)),
    ['n', 1, '<unknown>'],
  );
});
