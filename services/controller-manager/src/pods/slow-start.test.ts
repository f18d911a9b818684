import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slowStart } from './slow-start.ts';

test('batches double until all is done', async () => {
  const started: number[] = [];
  assert.deepEqual(await slowStart(10, async (i) => void started.push(i)), { succeeded: 10 });
  assert.deepEqual(started, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a failing batch is the last', async () => {
  let tries = 0;
  const result = await slowStart(100, async (i) => {
    tries += 1;
    if (i >= 2) throw new Error(`no ${i}`);
  });
  assert.equal(tries, 3);
  assert.equal(result.succeeded, 2);
  assert.match(String(result.error), /no 2/);
});
