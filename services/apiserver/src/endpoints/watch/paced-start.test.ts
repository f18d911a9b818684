import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacedStart } from './paced-start.ts';

/** An outlet whose client takes what was written when told to. */
function outlet() {
  const written: string[] = [];
  const waiting: (() => void)[] = [];
  let cut = false;
  return {
    written,
    isCut: () => cut,
    take: () => waiting.splice(0).forEach((go) => void go()),
    write: (lines: Buffer) => {
      written.push(`${lines.toString('latin1', 0, 1)}${lines.length}`);
      return lines.length < 1000;
    },
    onceTaken: (go: () => void) => void waiting.push(go),
    cutOff: () => {
      cut = true;
    },
    end: () => undefined,
    onceClosed: () => undefined,
  };
}

function* lines(count: number, made: { count: number }): Iterable<Buffer> {
  for (; made.count < count; made.count++) yield Buffer.alloc(100_000, 'f');
}

test('a beginning goes out as it is taken, and what comes meanwhile follows it', () => {
  const made = { count: 0 };
  const out = outlet();
  const start = new PacedStart(out, () => 10_000);
  start.begin(lines(7, made));
  start.write(Buffer.from('later'));
  assert.deepEqual([out.written, made.count], [['f300000'], 2]);
  out.take();
  out.take();
  assert.deepEqual(out.written, ['f300000', 'f300000', 'f100005']);
  start.write(Buffer.from('now'));
  assert.equal(out.written.at(-1), 'n3');
});

test('a client that leaves too much waiting is cut off', () => {
  const out = outlet();
  const start = new PacedStart(out, () => 10_000);
  start.begin(lines(7, { count: 0 }));
  start.write(Buffer.alloc(9000));
  assert.equal(out.isCut(), false);
  start.write(Buffer.alloc(9000));
  assert.equal(out.isCut(), true);
});
