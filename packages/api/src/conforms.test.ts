import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conforms } from './conforms.ts';

test('a value conforms to a type with all its required fields, no strange ones, and the right types at any depth', () => {
  const metric = (target: object) => ({ type: 'Resource', resource: { name: 'cpu', target } });
  assert.ok(conforms(metric({ type: 'AverageValue', averageValue: '1Gi' }), 'MetricSpec'));
  for (const target of [
    {},
    { type: 5 },
    { type: 'Value', value: 'x' },
    { type: 'Value', averageUtilization: 1.5 },
    { type: 'Value', more: 1 },
  ])
    assert.ok(!conforms(metric(target), 'MetricSpec'), JSON.stringify(target));
  for (const value of [null, 5, [], 'x']) assert.ok(!conforms(value, 'MetricSpec'));
});
