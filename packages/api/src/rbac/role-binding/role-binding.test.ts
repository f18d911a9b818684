import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { RbacSubject, RoleBinding } from '../../generated/types.ts';
import { roleBindingKind } from './kind.ts';

const { strategy, columns = [] } = roleBindingKind;
const group = 'rbac.authorization.k8s.io';
const role = { apiGroup: '', kind: 'Role', name: 'system:r' };

function defaulted(roleRef: RoleBinding['roleRef'], ...subjects: RbacSubject[]): RoleBinding {
  const binding = { metadata: { name: 'b' }, roleRef: { ...roleRef }, subjects };
  strategy.defaults?.(binding);
  return binding;
}
const messages = (binding: RoleBinding): string[] => (strategy.validate?.(binding) ?? []).map(fieldErrorMessage);

test('defaults: the group of roles, users and groups', () => {
  const { roleRef, subjects } = defaulted(role, { kind: 'User', name: 'u' }, { kind: 'ServiceAccount', name: 's' });
  assert.deepEqual([roleRef.apiGroup, subjects?.[0]?.apiGroup, subjects?.[1]?.apiGroup], [group, group, undefined]);
});

test('each rule by an example', () => {
  const cases: [roleRef: Partial<RoleBinding['roleRef']>, subject: Partial<RbacSubject>, ...errors: string[]][] = [
    [{}, { kind: 'User', name: 'u' }],
    [{ kind: 'ClusterRole' }, { kind: 'ServiceAccount', name: 's' }],
    [{ apiGroup: 'x' }, { kind: 'User', name: 'u' }, `roleRef.apiGroup: Unsupported value: "x": supported values: "${group}"`],
    [{ kind: 'X' }, { kind: 'User', name: 'u' }, 'roleRef.kind: Unsupported value: "X": supported values: "Role", "ClusterRole"'],
    [{ name: '' }, { kind: 'User', name: 'u' }, 'roleRef.name: Required value'],
    [{ name: 'a%' }, { kind: 'User', name: 'u' }, `roleRef.name: Invalid value: "a%": may not contain '%'`],
    [{}, { kind: 'Group' }, 'subjects[0].name: Required value', 'subjects[0].name: Invalid value: "": group name cannot be empty'],
    [{}, { kind: 'User', name: 'u', apiGroup: 'x' }, `subjects[0].apiGroup: Unsupported value: "x": supported values: "${group}"`],
    [{}, { kind: 'ServiceAccount', name: 's', apiGroup: 'x' }, 'subjects[0].apiGroup: Unsupported value: "x": supported values: ""'],
    [{}, { kind: 'X', name: 's' }, 'subjects[0].kind: Unsupported value: "X": supported values: "ServiceAccount", "User", "Group"'],
  ];
  for (const [roleRef, subject, ...errors] of cases)
    assert.deepEqual(messages(defaulted({ ...role, ...roleRef }, subject as RbacSubject)), errors);
  assert.equal(messages(defaulted(role, { kind: 'ServiceAccount', name: 'A' })).length, 1);
});

test('the role stays; the row', () => {
  const old = defaulted(
    role,
    { kind: 'User', name: 'u' },
    { kind: 'User', name: 'v' },
    { kind: 'ServiceAccount', name: 's', namespace: 'n' },
  );
  assert.deepEqual(strategy.validateUpdate?.({ ...old, subjects: [] }, old), []);
  assert.deepEqual((strategy.validateUpdate?.(defaulted({ ...role, name: 'x' }), old) ?? []).map(fieldErrorMessage), [
    `roleRef: Invalid value: {"apiGroup":"${group}","kind":"Role","name":"x"}: cannot change roleRef`,
  ]);
  assert.deepEqual(
    columns.map((column) => column.cell(old, 0)),
    ['b', 'Role/system:r', '<unknown>', 'u, v', '', 'n/s'],
  );
});
