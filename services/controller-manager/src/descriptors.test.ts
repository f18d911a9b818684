import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptors, selectDescriptors } from './descriptors.ts';

test('--controllers chooses', () => {
  const named = descriptors.filter(({ onlyNamed }) => onlyNamed).map(({ name }) => name);
  assert.equal(selectDescriptors(['*']).length, descriptors.length - named.length);
  assert.equal(selectDescriptors(['*', ...named]).length, descriptors.length);
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
