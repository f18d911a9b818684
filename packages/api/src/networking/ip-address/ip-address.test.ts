import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ParentReference } from '../../generated/types.ts';
import { ipAddressKind } from './kind.ts';

const { strategy, columns = [] } = ipAddressKind;
const parent: ParentReference = { resource: 'services', namespace: 'default', name: 'kubernetes' };
const of = (parentRef: ParentReference) => ({ metadata: { name: '10.0.0.1' }, spec: { parentRef } });

test('the name is the address, the parent who has it', () => {
  assert.deepEqual(strategy.validateName?.('10.0.0.1'), []);
  assert.deepEqual(strategy.validateName?.('2001:DB8::1'), ['must be in canonical form ("2001:db8::1")']);
  assert.deepEqual(strategy.validate?.(of(parent)), []);
  assert.deepEqual(strategy.validate?.(of({ group: '', resource: '', name: '', namespace: 'a/b' })).map(fieldErrorMessage), [
    'spec.parentRef.resource: Required value',
    'spec.parentRef.name: Required value',
    `spec.parentRef.namespace: Invalid value: "a/b": may not contain '/'`,
  ]);
  assert.match(
    fieldErrorMessage(strategy.validateUpdate?.(of({ ...parent, name: 'x' }), of(parent))[0] ?? assert.fail()),
    /^spec.parentRef: Invalid value: .*: field is immutable$/,
  );
  assert.deepEqual(
    [parent, { group: 'gateway.networking.k8s.io', resource: 'gateways', name: 'g' }].map((ref) => columns[1]?.cell(of(ref), 0)),
    ['services/default/kubernetes', 'gateways.gateway.networking.k8s.io/g'],
  );
});
