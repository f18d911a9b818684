import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceAccount } from '../../generated/types.ts';
import { serviceAccountKind } from './kind.ts';

test('references to secrets keep their names only', () => {
  const account: ServiceAccount = { metadata: { name: 'a' }, secrets: [{ name: 's', namespace: 'other', kind: 'Secret' }, { name: 't' }] };
  serviceAccountKind.strategy.prepareForCreate?.(account);
  assert.deepEqual(account.secrets, [{ name: 's' }, { name: 't' }]);
  assert.deepEqual(
    serviceAccountKind.columns?.map((column) => column.cell(account, 0)),
    ['a', 2, '<unknown>'],
  );
});

test('an annotation on its way out is warned of', () => {
  const warnings = (value: string): number =>
    serviceAccountKind.strategy.warnings?.({ metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': value } } }).length ?? 0;
  assert.deepEqual([warnings('true'), warnings('false')], [1, 0]);
});
