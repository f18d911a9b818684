import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { watchFiles } from './watched-files.ts';

const dir = await mkdtemp(join(tmpdir(), 't8s-watched-'));
const ended = new AbortController();
after(async () => {
  ended.abort();
  await rm(dir, { recursive: true });
});

test('a file that is replaced is told of, also behind the link of a mounted secret', { timeout: 5000 }, async () => {
  for (const version of ['v1', 'v2']) {
    await mkdir(join(dir, version));
    await writeFile(join(dir, version, 'tls.crt'), version);
  }
  await symlink('v1', join(dir, '..data'));
  await symlink('..data/tls.crt', join(dir, 'tls.crt'));
  let count = 0;
  let told = (): void => undefined;
  const next = (): Promise<void> => new Promise((resolve) => (told = resolve));
  const changed = (): void => {
    count++;
    told();
  };
  watchFiles([join(dir, 'tls.crt'), join(dir, 'other')], changed, ended.signal);
  let change = next();
  await symlink('v2', join(dir, '..tmp'));
  await rename(join(dir, '..tmp'), join(dir, '..data'));
  await change;
  assert.equal(count, 1, 'once for what comes together');
  change = next();
  await writeFile(join(dir, 'beside'), 'x');
  await rename(join(dir, 'beside'), join(dir, 'other'));
  await change;
  assert.equal(count, 2);
});
