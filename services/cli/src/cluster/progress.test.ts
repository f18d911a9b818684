import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from './progress.ts';

test('plain lines where nobody watches: a step each, when it is over', async () => {
  let text = '';
  let time = 0;
  const progress = new Progress({ out: { write: (more: string) => (text += more) }, isTerminal: false, now: () => time });
  await progress.step('images', async (note) => {
    note('building');
    time += 1250;
    return '4 of 4';
  });
  await assert.rejects(progress.step('etcd', () => Promise.reject(new Error('no'))));
  assert.equal(text, '✓ images: 4 of 4 (1.3 s)\n✗ etcd (0.0 s)\n');
});
