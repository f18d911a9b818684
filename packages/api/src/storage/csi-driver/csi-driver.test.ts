import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { CSIDriver } from '../../generated/types.ts';
import { csiDriverKind } from './kind.ts';

const { strategy, columns = [] } = csiDriverKind;
const of = (spec: CSIDriver['spec'] = {}): CSIDriver => {
  const driver: CSIDriver = { metadata: { name: 'd' }, spec };
  strategy.defaults?.(driver);
  return driver;
};

test('defaults', () => {
  assert.deepEqual(of().spec, {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: ['Persistent'],
    requiresRepublish: false,
    seLinuxMount: false,
  });
});

test('each rule by an example', () => {
  const messages = (spec: CSIDriver['spec']): string[] => (strategy.validate?.(of(spec)) ?? []).map(fieldErrorMessage);
  assert.deepEqual(messages({ tokenRequests: [{ audience: '' }, { audience: 'a', expirationSeconds: 600 }] }), []);
  assert.deepEqual(messages({ fsGroupPolicy: 'x', volumeLifecycleModes: ['y'] }), [
    'spec.fsGroupPolicy: Unsupported value: "x": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    'spec.volumeLifecycleModes: Unsupported value: "y": supported values: "Persistent", "Ephemeral"',
  ]);
  assert.deepEqual(messages({ tokenRequests: [{ audience: 'a', expirationSeconds: 1 }, { audience: 'a' }] }), [
    'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
    'spec.tokenRequests[1].audience: Duplicate value: "a"',
  ]);
});

test('how volumes are attached stays; changes are counted', () => {
  const old = of();
  const driver = of({ attachRequired: false, requiresRepublish: true });
  assert.deepEqual((strategy.validateUpdate?.(driver, old) ?? []).map(fieldErrorMessage), [
    'spec.attachedRequired: Invalid value: false: field is immutable',
  ]);
  strategy.prepareForUpdate?.(driver, old);
  assert.equal(driver.metadata.generation, 1);
  assert.deepEqual(
    columns.map((column) => column.cell(of({ tokenRequests: [{ audience: 'a' }, { audience: 'b' }] }), 0)),
    ['d', true, false, false, 'a,b', false, 'Persistent', '<unknown>'],
  );
});
