import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { LeaseSpec } from '../../generated/types.ts';
import { leaseKind } from './kind.ts';

test('durations are positive, transitions not negative', () => {
  const messages = (spec: LeaseSpec): string[] => (leaseKind.strategy.validate?.({ metadata: {}, spec }) ?? []).map(fieldErrorMessage);
  assert.deepEqual(messages({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 }), []);
  assert.deepEqual(messages({ leaseDurationSeconds: 0, leaseTransitions: -1 }), [
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
  ]);
});

test('the holder has a column; fields of features that are off go', () => {
  const lease = { metadata: { name: 'l' }, spec: { holderIdentity: 'me', strategy: 'OldestEmulationVersion', preferredHolder: 'x' } };
  leaseKind.strategy.prepareForCreate?.(lease);
  assert.deepEqual(lease.spec, { holderIdentity: 'me' });
  assert.deepEqual(
    leaseKind.columns?.map((column) => column.cell(lease, 0)),
    ['l', 'me', '<unknown>'],
  );
});
