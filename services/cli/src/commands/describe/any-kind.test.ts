import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titleOf } from './any-kind.ts';

test('names of fields become words', () => {
  const words = { apiVersion: 'API Version', uid: 'UID', podCIDRs: 'Pod CID Rs', HTTPProxy: 'HTTP Proxy', 'a-b': 'A - B', 'x/y1': 'x/y1' };
  assert.deepEqual(Object.fromEntries(Object.keys(words).map((name) => [name, titleOf(name)])), words);
});
