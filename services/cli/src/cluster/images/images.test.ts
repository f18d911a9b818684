import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../run-command.ts';
import { writeImageArchive } from './image-archive.ts';
import { linkedLibraries, parseLdd } from './linked-libraries.ts';

test('the libraries of a program are those that the linker names', async () => {
  const output =
    '\tlinux-vdso.so.1 (0x00007ffc)\n\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f)\n\tlibx.so => not found\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n';
  assert.deepEqual(parseLdd(output), ['/lib/x86_64-linux-gnu/libdl.so.2', '/lib64/ld-linux-x86-64.so.2']);
  assert.ok((await linkedLibraries(process.execPath)).some((path) => path.includes('libc.so')));
});

test('the same files give the same archive, and images share layers', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 't8s-images-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const [base, app] = [join(dir, 'base'), join(dir, 'app')];
  for (const layer of [base, app]) {
    mkdirSync(layer);
    writeFileSync(join(layer, 'file'), layer.slice(-3));
  }
  const build = async (name: string): Promise<Record<string, unknown>[]> => {
    const file = join(dir, `${name}.tar`);
    const images = [
      { name: 'a:1', layers: [base], config: { Cmd: ['sh'] } },
      { name: 'b:1', layers: [base, app], config: {} },
    ];
    await writeImageArchive({ images, file, scratch: join(dir, 'scratch') });
    return JSON.parse(await run('tar', ['-xOf', file, './manifest.json'])) as Record<string, unknown>[];
  };
  const first = await build('first');
  writeFileSync(join(base, 'file'), readFileSync(join(base, 'file')));
  assert.deepEqual(await build('second'), first);
  const [a, b] = first.map(({ Layers }) => Layers as string[]);
  assert.equal(a?.[0], b?.[0]);
  assert.equal(b?.length, 2);
  assert.ok(statSync(join(dir, 'first.tar')).size > 0);
});
