import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demux } from './demux.ts';

const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(text.length, 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

test('frames come apart wherever the chunks were cut, empty frames included', async () => {
  const bytes = Buffer.concat([frame(1, 'hello'), frame(2, ''), frame(2, 'oh'), frame(1, ' world')]);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    const out = { stdout: '', stderr: '' };
    const source = (async function* () {
      yield* chunks;
    })();
    for await (const { stream, data } of demux(source)) out[stream] += data.toString();
    assert.deepEqual(out, { stdout: 'hello world', stderr: 'oh' });
  }
});
