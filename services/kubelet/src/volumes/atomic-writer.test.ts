import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Payload, writePayload } from './atomic-writer.ts';

const root = mkdtempSync(join(tmpdir(), 't8s-volume-'));
after(() => rmSync(root, { recursive: true }));

const payload = (files: Record<string, string>, mode = 0o644): Payload =>
  new Map(Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text), mode }]));

test('an update swaps one link, removes what is gone, and does nothing when nothing changed', async () => {
  const dir = join(root, 'v');
  assert.equal(await writePayload(dir, payload({ a: '1', 'sub/b': '2' })), true);
  assert.equal(readlinkSync(join(dir, 'a')), '..data/a');
  assert.equal(readFileSync(join(dir, 'sub/b'), 'utf8'), '2');
  const first = readlinkSync(join(dir, '..data'));
  assert.equal(await writePayload(dir, payload({ a: '1', 'sub/b': '2' })), false);
  assert.equal(readlinkSync(join(dir, '..data')), first);

  assert.equal(await writePayload(dir, payload({ a: 'new', c: '3' }, 0o400)), true);
  assert.equal(readFileSync(join(dir, 'a'), 'utf8'), 'new');
  assert.equal(statSync(join(dir, 'c')).mode & 0o777, 0o400);
  assert.deepEqual(
    readdirSync(dir).filter((name) => !name.startsWith('..')),
    ['a', 'c'],
  );
  assert.equal(readdirSync(dir).includes(first), false, 'the old version is gone');
  assert.equal(await writePayload(dir, new Map()), true);
  assert.deepEqual(
    readdirSync(dir).filter((name) => !name.startsWith('..')),
    [],
  );
});

test('no path leads out of the volume', async () => {
  for (const path of ['/etc/passwd', '../x', 'a/../../x', ''])
    await assert.rejects(writePayload(join(root, 'w'), payload({ [path]: 'x' })), /invalid path/);
});
