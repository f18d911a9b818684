import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paragraph } from './text.ts';

test('lines are as long as their words allow; a longer word has one of its own', () => {
  const word = 'x'.repeat(80);
  assert.equal(paragraph(`${'ab '.repeat(25)}cd ef`), `    ${'ab '.repeat(24)}ab\n    cd ef`);
  assert.equal(paragraph(`see ${word} there`), `    see\n    ${word}\n    there`);
  assert.equal(paragraph('one\ntwo'), '    one\n    two');
});
