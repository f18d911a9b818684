import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptors, selectDescriptors } from './descriptors.ts';

test('--controllers chooses', () => {
  assert.equal(selectDescriptors(['*']).length, descriptors.length);
  assert.deepEqual(
    selectDescriptors(['deployment-controller']).map((d) => d.name),
    ['deployment-controller'],
  );
  assert.equal(
    selectDescriptors(['*', '-endpoints-controller']).some((d) => d.name === 'endpoints-controller'),
    false,
  );
  assert.throws(() => selectDescriptors(['deploymnt']), /"deploymnt" is not one of/);
});
