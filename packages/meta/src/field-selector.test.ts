import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFieldSelector } from './field-selector.ts';

test('terms, escapes and absent fields', () => {
  const selector = parseFieldSelector('status.phase!=Running,spec.nodeName=a\\,b');
  assert.equal(selector.matches({ 'status.phase': 'Failed', 'spec.nodeName': 'a,b' }), true);
  assert.equal(selector.matches({ 'status.phase': 'Running', 'spec.nodeName': 'a,b' }), false);
  assert.equal(selector.exact('spec.nodeName'), 'a,b');
  assert.equal(selector.toString(), 'spec.nodeName=a\\,b,status.phase!=Running');
  assert.equal(parseFieldSelector('spec.nodeName=').matches({}), true);
  assert.deepEqual(parseFieldSelector(',a==b,').requirements, [{ field: 'a', operator: '=', value: 'b' }]);
  const refusals: [text: string, message: string][] = [
    ['spec.nodeName', "invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=b\\c', 'invalid field selector: invalid escape sequence: \\c'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
    [' '.repeat(30_000), `invalid selector: '${' '.repeat(30_000)}'; can't understand '${' '.repeat(30_000)}'`],
  ];
  for (const [text, message] of refusals) assert.throws(() => parseFieldSelector(text), { message });
});
