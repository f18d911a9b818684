import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ReplicaSet, ReplicaSetSpec } from '../../generated/types.ts';
import { replicaSetKind } from './kind.ts';

const { strategy, subresources, columns = [] } = replicaSetKind;

function created(spec: Partial<ReplicaSetSpec> = {}): ReplicaSet {
  const replicaSet: ReplicaSet = {
    metadata: { name: 'r' },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
      ...spec,
    },
  };
  strategy.defaults?.(replicaSet);
  strategy.prepareForCreate?.(replicaSet);
  return replicaSet;
}

test('rules', () => {
  const errorsOf = (spec: Partial<ReplicaSetSpec>) => strategy.validate?.(created(spec)).map(fieldErrorMessage);
  assert.deepEqual(errorsOf({}), []);
  assert.equal(created().spec.replicas, 1);
  assert.deepEqual(errorsOf({ minReadySeconds: -1, template: undefined }), [
    'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
    'spec.template: Required value',
  ]);
  assert.deepEqual(
    errorsOf({
      template: { metadata: { labels: { app: 'a' } }, spec: { activeDeadlineSeconds: 5, containers: [{ name: 'c', image: 'i' }] } },
    }),
    ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported'],
  );
});

test('updates: the selector stays, the spec counts', () => {
  const old = created();
  const changed = structuredClone(old);
  changed.spec.selector = { matchLabels: { app: 'b' } };
  changed.metadata.annotations = { a: 'b' };
  strategy.prepareForUpdate?.(changed, old);
  assert.equal(changed.metadata.generation, 2);
  assert.deepEqual(
    strategy.validateUpdate?.(changed, old).map((e) => e.detail),
    ['field is immutable'],
  );
  const annotated = { ...structuredClone(old), metadata: { ...old.metadata, annotations: { a: 'b' } } };
  strategy.prepareForUpdate?.(annotated, old);
  assert.equal(annotated.metadata.generation, 1);
});

test('status and the row', () => {
  const replicaSet = created({ replicas: 3 });
  replicaSet.status = { replicas: 2, readyReplicas: 1, availableReplicas: 2 };
  assert.deepEqual(subresources?.status?.validate?.(replicaSet, replicaSet).map(fieldErrorMessage), [
    'status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas',
  ]);
  assert.deepEqual(
    columns.map((column) => column.cell(replicaSet, 0)),
    ['r', 3, 2, 1, '<unknown>', 'c', 'i:1', 'app=a'],
  );
});
