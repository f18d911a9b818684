import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { writeHead } from './answer.ts';

test('a warning may say what clients sent: UTF-8 as Go writes it, nothing that ends a header', () => {
  const headers = new Map<string, unknown>();
  const response = { statusCode: 0, setHeader: (name: string, value: unknown) => headers.set(name, value) } as unknown as ServerResponse;
  writeHead({ response, warnings: ['unknown field "é😀\r\nX: y\x7f"', 'twice', 'twice'] }, 201, 'application/json');
  const [first = '', ...others] = headers.get('Warning') as string[];
  assert.equal(Buffer.from(first, 'latin1').toString(), String.raw`299 - "unknown field \"é😀\r\nX: y \""`);
  assert.deepEqual(others, ['299 - "twice"']);
});
