import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { constants, createDeflate, createInflate, deflateSync, type Inflate } from 'node:zlib';
import { dictionary, dictionaryId } from './dictionary.ts';
import { HeaderCompressor, HeaderDecompressor } from './header-compression.ts';
import { SpdyError } from './spdy-error.ts';

/** The blocks of one zlib stream as zlib itself makes them, or reads them: one stream for all, flushed after each. */
async function through(stream: Inflate, blocks: Buffer[]): Promise<Buffer[]> {
  const results: Buffer[] = [];
  for (const block of blocks) {
    const parts: Buffer[] = [];
    const collect = (part: Buffer): number => parts.push(part);
    stream.on('data', collect);
    stream.write(block);
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, () => setImmediate(resolve)));
    stream.off('data', collect);
    results.push(Buffer.concat(parts));
  }
  stream.close();
  return results;
}

/** Many repeat what came shortly or long before; together they are longer than the window. */
const blocks = Array.from({ length: 60 }, (_, i) =>
  Buffer.from(`streamtype${'x'.repeat(i * 7)}${i % 3 === 0 ? randomBytes(500).toString('hex') : 'content-type text/plain'}`),
);

test('the dictionary is the one that zlib streams of SPDY/3 name', () => {
  assert.equal(dictionary.length, 1423);
  assert.equal(deflateSync('x', { dictionary }).readUInt32BE(2), dictionaryId);
});

test('zlib reads what is compressed, block for block', async () => {
  const compressor = new HeaderCompressor();
  const compressed = blocks.map((block) => compressor.compress(block));
  assert.deepEqual(await through(createInflate({ dictionary }), compressed), blocks);
  assert.ok((compressed[58]?.length ?? 0) < 60, 'what came before is used');
});

test('what zlib compresses is read, block for block, at every level', async () => {
  for (const level of [0, 1, 9]) {
    const decompressor = new HeaderDecompressor(4096);
    const compressed = await through(createDeflate({ dictionary, level }), blocks);
    assert.deepEqual(
      compressed.map((block) => decompressor.decompress(block)),
      blocks,
    );
  }
});

test('a block that would fill the memory, other dictionaries, and rubbish are refused', () => {
  const bomb = new HeaderCompressor().compress(Buffer.alloc(10_000_000));
  assert.ok(bomb.length < 16 * 1024);
  const refused = (block: Buffer, reason: RegExp): void =>
    assert.throws(
      () => new HeaderDecompressor(32 * 1024).decompress(block),
      (error) => error instanceof SpdyError && reason.test(error.message),
    );
  refused(bomb, /^headers of more than 32768 bytes$/);
  refused(deflateSync('x', { dictionary: Buffer.from('other') }), /^headers are not compressed with SPDY\/3's dictionary$/);
  refused(deflateSync('x'), /dictionary$/);
  refused(Buffer.alloc(0), /dictionary$/);
  refused(
    Buffer.concat([deflateSync('x', { dictionary }).subarray(0, 6), Buffer.from('ffffffff', 'hex')]),
    /^headers that can't be inflated: /,
  );
});
