import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type LogOptions, readLog } from './log-reader.ts';

const dir = mkdtempSync(join(tmpdir(), 't8s-log-'));
after(() => rmSync(dir, { recursive: true }));

const file = join(dir, 'c-json.log');
const line = (n: number, stream = 'stdout'): string =>
  `${JSON.stringify({ log: `line ${n}\n`, stream, time: `2025-01-01T00:00:0${n}.000000001Z` })}\n`;

async function read(options: LogOptions, path = file): Promise<string> {
  let text = '';
  for await (const part of readLog({ path, ended: Promise.resolve() }, options, AbortSignal.timeout(5000))) text += part.toString();
  return text;
}

test('tail, since, limit, timestamps; both log formats', async () => {
  writeFileSync(file, [1, 2, 3, 4].map((n) => line(n)).join(''));
  assert.equal(await read({}), 'line 1\nline 2\nline 3\nline 4\n');
  assert.equal(await read({ tailLines: 2 }), 'line 3\nline 4\n');
  assert.equal(await read({ tailLines: 0 }), '');
  assert.equal(await read({ tailLines: 99, limitBytes: 9 }), 'line 1\nli');
  assert.equal(await read({ since: Date.UTC(2025, 0, 1, 0, 0, 4), timestamps: true }), '2025-01-01T00:00:04.000000001Z line 4\n');
  const cri = join(dir, 'cri.log');
  writeFileSync(
    cri,
    '2025-01-01T00:00:01.5Z stdout P par\n2025-01-01T00:00:01.6Z stdout F tial\n2025-01-01T00:00:02Z stderr F err\nhalf a li',
  );
  assert.equal(await read({}, cri), 'partial\nerr\n');
  assert.equal(await read({ stream: 'Stderr' }, cri), 'err\n');
});

test('following sees what is written, also over a rotation, and ends with the container', async () => {
  writeFileSync(file, line(1));
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const seen: string[] = [];
  const done = (async () => {
    for await (const part of readLog({ path: file, ended }, { follow: true }, AbortSignal.timeout(10_000))) {
      seen.push(part.toString().trim());
      if (seen.length === 1) appendFileSync(file, line(2));
      if (seen.length === 2) {
        renameSync(file, `${file}.1`);
        writeFileSync(file, line(3));
      }
      if (seen.length === 3) {
        appendFileSync(file, line(4));
        end();
      }
    }
  })();
  await done;
  assert.deepEqual(seen, ['line 1', 'line 2', 'line 3', 'line 4']);
});
