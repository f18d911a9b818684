import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ReplicationController, ReplicationControllerSpec } from '../../generated/types.ts';
import { replicationControllerKind } from './kind.ts';

const { strategy, subresources, columns = [] } = replicationControllerKind;
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };

function created(spec: Partial<ReplicationControllerSpec> = {}): ReplicationController {
  const controller: ReplicationController = { metadata: { name: 'rc' }, spec: { template: structuredClone(template), ...spec } };
  strategy.defaults?.(controller);
  strategy.prepareForCreate?.(controller);
  return controller;
}

const errorsOf = (spec: Partial<ReplicationControllerSpec>): string[] | undefined =>
  strategy.validate?.(created(spec)).map(fieldErrorMessage);

test('the labels of the template are the default of everything', () => {
  const { metadata, spec } = created();
  assert.deepEqual([spec.replicas, spec.selector, metadata.labels], [1, { app: 'a' }, { app: 'a' }]);
  assert.deepEqual(created({ selector: { app: 'b' } }).spec.selector, { app: 'b' });
});

test('rules', () => {
  assert.deepEqual(errorsOf({}), []);
  assert.deepEqual(errorsOf({ template: undefined, replicas: -1, minReadySeconds: -2 }), [
    'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
    'spec.selector: Required value',
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    'spec.template: Required value',
  ]);
  assert.deepEqual(errorsOf({ selector: { app: 'b' } }), [
    'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
  ]);
  assert.deepEqual(errorsOf({ template: { ...template, spec: { ...template.spec, restartPolicy: 'Never', activeDeadlineSeconds: 5 } } }), [
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
  ]);
});

test('the selector may change, unlike that of a ReplicaSet', () => {
  const old = created();
  const changed = structuredClone(old);
  changed.spec.selector = {};
  Object.assign(changed, { status: { replicas: 7 } });
  strategy.prepareForUpdate?.(changed, old);
  assert.deepEqual([changed.metadata.generation, changed.status, strategy.validateUpdate], [2, { replicas: 0 }, undefined]);
});

test('status, scale and the row', () => {
  const controller = created({ replicas: 3 });
  controller.status = { replicas: 2, readyReplicas: 3 };
  assert.deepEqual(subresources?.status?.validate?.(controller, controller).map(fieldErrorMessage), [
    'status.readyReplicas: Invalid value: 3: cannot be greater than status.replicas',
  ]);
  const { scale } = subresources ?? {};
  assert.deepEqual([scale?.replicas(controller), scale?.statusReplicas(controller), scale?.selector(controller)], [3, 2, 'app=a']);
  assert.deepEqual(
    columns.map((column) => column.cell(controller, 0)),
    ['rc', 3, 2, 3, '<unknown>', 'c', 'i:1', 'app=a'],
  );
});
