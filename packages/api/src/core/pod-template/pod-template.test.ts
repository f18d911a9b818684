import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { PodTemplate } from '../../generated/types.ts';
import { podTemplateKind } from './kind.ts';

const { strategy, columns = [] } = podTemplateKind;

test('a template is defaulted, checked and counted as in a workload', () => {
  const object: PodTemplate = {
    metadata: { name: 't' },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
  };
  strategy.defaults?.(object);
  strategy.prepareForCreate?.(object);
  assert.equal(object.template?.spec?.containers[0]?.imagePullPolicy, 'IfNotPresent');
  assert.deepEqual(strategy.validate?.(object), []);
  assert.deepEqual(
    columns.map((column) => column.cell(object, 0)),
    ['t', 'c', 'i:1', 'app=a'],
  );

  const changed = structuredClone(object);
  changed.metadata.labels = { a: 'b' };
  strategy.prepareForUpdate?.(changed, object);
  assert.equal(changed.metadata.generation, 1);
  Object.assign(changed.template?.spec ?? {}, { containers: [], nodeSelector: { 'beta.kubernetes.io/os': 'linux' } });
  strategy.prepareForUpdate?.(changed, object);
  assert.equal(changed.metadata.generation, 2);
  assert.deepEqual(strategy.validate?.(changed).map(fieldErrorMessage), ['template.spec.containers: Required value']);
  assert.deepEqual(strategy.warnings?.(changed, object), [
    'template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
  ]);
});

test('a template without anything', () => {
  const object: PodTemplate = { metadata: { name: 't' } };
  strategy.defaults?.(object);
  assert.deepEqual(strategy.validate?.(object).map(fieldErrorMessage), ['template.spec.containers: Required value']);
});
