import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGoPattern } from './patterns.ts';

test("patterns are Go's, and take no longer than their text", () => {
  const read = (text: string): ((value: string) => boolean) => {
    const pattern = readGoPattern(text);
    return pattern instanceof Error ? assert.fail(pattern) : pattern;
  };
  assert.ok(read('(?i)^b\\z')('B'));
  assert.ok(read('[[:alpha:]]+')('1a'));
  assert.ok(!read('^(a+)+$')(`${'a'.repeat(50_000)}b`));
  assert.match(String(readGoPattern('(')), /error parsing regexp: missing closing \): `\(`/);
});
