import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ControllerRevision } from '../../generated/types.ts';
import { controllerRevisionKind } from './kind.ts';

test('a revision is a snapshot', () => {
  const { strategy, columns = [] } = controllerRevisionKind;
  const revision: ControllerRevision = {
    metadata: { name: 'r', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'ds', uid: 'u', controller: true }] },
    revision: 2,
    data: { spec: 1 },
  };
  assert.deepEqual(strategy.validate?.(revision), []);
  assert.deepEqual(strategy.validate?.({ ...revision, data: undefined, revision: -1 }).map(fieldErrorMessage), [
    'data: Required value: data is mandatory',
    'revision: Invalid value: -1: must be greater than or equal to 0',
  ]);
  assert.deepEqual(strategy.validateUpdate?.({ ...revision, data: { spec: 2 }, revision: 3 }, revision).map(fieldErrorMessage), [
    'data: Invalid value: {"spec":2}: field is immutable',
  ]);
  assert.deepEqual(
    columns.map((column) => column.cell(revision, 0)),
    ['r', 'daemonset.apps/ds', 2, '<unknown>'],
  );
});
