import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLogger } from '@t8s/telemetry';
import { readFileFlag } from './flags.ts';
import { followFiles } from './followed-files.ts';

const dir = await mkdtemp(join(tmpdir(), 't8s-followed-'));
const ended = new AbortController();
after(async () => {
  ended.abort();
  await rm(dir, { recursive: true });
});

test('what the files hold, and what they held where that is of no use', { timeout: 5000 }, async () => {
  const file = join(dir, 'ca.crt');
  const replace = async (text: string): Promise<void> => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  await replace('one');
  let looked = (): void => undefined;
  const look = (): Promise<void> => new Promise((resolve) => (looked = resolve));
  const read = (): string => {
    setImmediate(() => looked());
    return readFileFlag({ flag: 'client-ca-file', file }, (text) => {
      if (text === 'broken') throw new Error('broken');
      return text;
    });
  };
  const held = followFiles({ files: [file], read, log: silentLogger, signal: ended.signal });
  const seen: string[] = [];
  held.onChange((text) => seen.push(text));
  for (const text of ['broken', 'two', 'two']) {
    const next = look();
    await replace(text);
    await next;
  }
  assert.deepEqual([held.current, seen, await readFile(file, 'utf8')], ['two', ['two'], 'two']);
});
