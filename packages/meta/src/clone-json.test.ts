import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloneJson } from './clone-json.ts';

test('a copy has everything that JSON has, in order, and shares nothing', () => {
  const text = '{"b":[1,{"x":null},[],"é"],"a":{"__proto__":{"polluted":true},"constructor":1},"t":true,"e":{}}';
  const value = JSON.parse(text) as { b: unknown[]; a: object };
  const copy = cloneJson(value);
  assert.equal(JSON.stringify(copy), text);
  assert.notEqual(copy.b, value.b);
  assert.notEqual(copy.b[1], value.b[1]);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  assert.deepEqual(Object.keys(cloneJson({ here: 0, gone: undefined })), ['here']);
  for (const scalar of [null, 1, 'x', false]) assert.equal(cloneJson(scalar), scalar);
});
