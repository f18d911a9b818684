import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { RuntimeClass } from '../../generated/types.ts';
import { runtimeClassKind } from './kind.ts';

const { strategy, columns = [] } = runtimeClassKind;
const of = (more: Partial<RuntimeClass> = {}): RuntimeClass => ({ metadata: { name: 'c' }, handler: 'runc', ...more });
const messages = (more: Partial<RuntimeClass>): string[] => (strategy.validate?.(of(more)) ?? []).map(fieldErrorMessage);

test('each rule by an example; the handler stays', () => {
  const toleration = { key: 'a', operator: 'Exists' };
  assert.deepEqual(
    messages({ overhead: { podFixed: { cpu: '1' } }, scheduling: { nodeSelector: { a: 'b' }, tolerations: [toleration] } }),
    [],
  );
  assert.match(messages({ handler: 'A' }).join(), /^handler: Invalid value: "A": a lowercase RFC 1123 label/);
  assert.deepEqual(messages({ overhead: { podFixed: { cpu: '-1' } } }), [
    'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
  ]);
  assert.deepEqual(messages({ scheduling: { tolerations: [toleration, toleration] } }), [
    'scheduling.tolerations[1]: Duplicate value: {"key":"a","operator":"Exists"}',
  ]);
  assert.deepEqual((strategy.validateUpdate?.(of({ handler: 'x' }), of()) ?? []).map(fieldErrorMessage), [
    'handler: Invalid value: "x": field is immutable',
  ]);
  assert.deepEqual(strategy.warnings?.(of({ scheduling: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } })), [
    'scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/os" instead',
  ]);
  assert.deepEqual(
    columns.map((column) => column.cell(of(), 0)),
    ['c', 'runc', '<unknown>'],
  );
});
