import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFieldSelector } from './field-selector.ts';

test('terms, escapes and absent fields', () => {
  const selector = parseFieldSelector('status.phase!=Running,spec.nodeName=a\\,b');
  assert.equal(selector.matches({ 'status.phase': 'Failed', 'spec.nodeName': 'a,b' }), true);
  assert.equal(selector.matches({ 'status.phase': 'Running', 'spec.nodeName': 'a,b' }), false);
  assert.equal(selector.exact('spec.nodeName'), 'a,b');
  assert.equal(selector.toString(), 'status.phase!=Running,spec.nodeName=a\\,b');
  assert.equal(parseFieldSelector('spec.nodeName=').matches({}), true);
  assert.throws(() => parseFieldSelector('spec.nodeName'), /invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'/);
});
