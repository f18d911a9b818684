import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import { volumeAttributesClassKind } from './kind.ts';

const { strategy } = volumeAttributesClassKind;

test('a driver and at least one parameter, for ever', () => {
  const gold = { metadata: {}, driverName: 'd.example.com', parameters: { iops: '100' } };
  assert.deepEqual(strategy.validate?.(gold), []);
  assert.deepEqual(strategy.validate?.({ metadata: {}, driverName: '' }).map(fieldErrorMessage), [
    'driverName: Required value',
    'parameters: Required value: must contain at least one key/value pair',
  ]);
  assert.deepEqual(strategy.validateUpdate?.({ ...gold, driverName: 'x', parameters: {} }, gold).map(fieldErrorMessage), [
    'driverName: Forbidden: updates to driverName are forbidden.',
    'parameters: Forbidden: updates to parameters are forbidden.',
  ]);
});
