import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isConfigMapKey, isDns1035Label, isDns1123Label, isDns1123Subdomain, isLabelValue, isPortName, isQualifiedName } from './names.ts';

const table: [check: (value: string) => string[], good: string[], bad: string[]][] = [
  [isDns1123Label, ['a', '1a', 'a-b'], ['', 'A', '-a', 'a-', 'a.b', 'x'.repeat(64), 'a\n']],
  [isDns1123Subdomain, ['a.b-c.1', 'x'.repeat(253)], ['a..b', '.a', 'a_b', 'x'.repeat(254)]],
  [isDns1035Label, ['a1'], ['1a', 'a.']],
  [isQualifiedName, ['app', 'example.com/App_1.x'], ['', '/a', 'a/', 'a/b/c', 'Exa/b', `${'x'.repeat(64)}`]],
  [isLabelValue, ['', 'A.b_c'], ['-a', 'a b', 'x'.repeat(64)]],
  [isConfigMapKey, ['a.B_c-1'], ['', '.', '..', '..a', 'a/b']],
  [isPortName, ['http', 'p-80'], ['', '80', 'a--b', '-a', 'HTTP', 'x'.repeat(16)]],
];

test('names', () => {
  for (const [check, good, bad] of table) {
    for (const value of good) assert.deepEqual(check(value), [], `${check.name}(${value})`);
    for (const value of bad) assert.notDeepEqual(check(value), [], `${check.name}(${value})`);
  }
});
