import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { PriorityClass } from '../../generated/types.ts';
import { priorityClassKind } from './kind.ts';

const { strategy } = priorityClassKind;
const of = (name: string, value: number, more: Partial<PriorityClass> = {}): PriorityClass => ({ metadata: { name }, value, ...more });
const messages = (priorityClass: PriorityClass): string[] => (strategy.validate?.(priorityClass) ?? []).map(fieldErrorMessage);

test('users stay below a thousand million, and off the system prefix', () => {
  const reserved = "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: ";
  assert.deepEqual(messages(of('a', 1e9, { preemptionPolicy: 'Never' })), []);
  assert.deepEqual(messages(of('a', 1e9 + 1)), ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000']);
  assert.deepEqual(messages(of('system-x', 1)), [`${reserved}system-x is not a known system priority class`]);
  assert.deepEqual(messages(of('system-node-critical', 1)), [`${reserved}value of system-node-critical PriorityClass must be 2000001000`]);
  assert.deepEqual(messages(of('system-node-critical', 2000001000)), []);
  assert.deepEqual(messages(of('a', 1, { preemptionPolicy: 'x' })), [
    'preemptionPolicy: Unsupported value: "x": supported values: "Never", "PreemptLowerPriority"',
  ]);
});

test('value and preemption policy are for ever', () => {
  const old = of('a', 1);
  strategy.defaults?.(old);
  assert.equal(old.preemptionPolicy, 'PreemptLowerPriority');
  assert.deepEqual((strategy.validateUpdate?.(of('a', 2, { preemptionPolicy: 'Never' }), old) ?? []).map(fieldErrorMessage), [
    'value: Forbidden: may not be changed in an update.',
    'preemptionPolicy: Invalid value: "Never": field is immutable',
  ]);
  assert.deepEqual(
    priorityClassKind.columns?.map((column) => column.cell(old, 0)),
    ['a', 1, false, '<unknown>', 'PreemptLowerPriority'],
  );
});
