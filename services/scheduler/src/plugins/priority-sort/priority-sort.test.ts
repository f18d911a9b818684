import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPodInfo } from '../../test-objects.ts';
import { prioritySort } from './priority-sort.ts';

test('priority before time, time among equals', () => {
  const at = (priority: number, timestamp: number) => ({ info: testPodInfo({ priority }), timestamp });
  assert.equal(prioritySort.less?.(at(10, 5), at(0, 1)), true);
  assert.equal(prioritySort.less?.(at(0, 1), at(0, 2)), true);
  assert.equal(prioritySort.less?.(at(0, 2), at(0, 1)), false);
});
