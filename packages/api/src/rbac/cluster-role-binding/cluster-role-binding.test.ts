import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import { clusterRoleBindingKind } from './kind.ts';

const { strategy } = clusterRoleBindingKind;

test('to cluster roles only, and service accounts come with their namespace', () => {
  const binding = (kind: string, namespace?: string) => {
    const subject = { kind: 'ServiceAccount', name: 's', ...(namespace && { namespace }) };
    const object = { metadata: {}, roleRef: { apiGroup: '', kind, name: 'r' }, subjects: [subject] };
    strategy.defaults?.(object);
    return strategy.validate?.(object).map(fieldErrorMessage);
  };
  assert.deepEqual(binding('ClusterRole', 'n'), []);
  assert.deepEqual(binding('Role'), [
    'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    'subjects[0].namespace: Required value',
  ]);
});
