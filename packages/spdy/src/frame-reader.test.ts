import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from './frame.ts';
import { FrameReader, maxControlLength } from './frame-reader.ts';
import { encodeFrame } from './frame-writer.ts';
import { BadHeader, decodeHeaders, encodeHeaders } from './header-block.ts';
import { HeaderDecompressor } from './header-compression.ts';
import { SpdyError } from './spdy-error.ts';

/** Byte by byte from the specification: what is on the wire, and what it says. */
const examples: [string, Frame][] = [
  [
    '80030001 0300000c 00000005 00000003 6000 abcd',
    {
      type: 'synStream',
      streamId: 5,
      associatedId: 3,
      priority: 3,
      fin: true,
      unidirectional: true,
      block: Buffer.from('abcd', 'hex'),
    },
  ],
  ['80030002 01000006 00000005 abcd', { type: 'synReply', streamId: 5, fin: true, block: Buffer.from('abcd', 'hex') }],
  ['80030003 00000008 00000005 00000003', { type: 'rstStream', streamId: 5, status: 3 }],
  ['80030004 0000000c 00000001 00000007 00010000', { type: 'settings', settings: [{ id: 7, value: 65536 }] }],
  ['80030006 00000004 00000009', { type: 'ping', id: 9 }],
  ['80030007 00000008 00000005 00000001', { type: 'goAway', lastStreamId: 5, status: 1 }],
  ['80030008 00000006 00000005 abcd', { type: 'headers', streamId: 5, fin: false, block: Buffer.from('abcd', 'hex') }],
  ['80030009 00000008 00000000 00001000', { type: 'windowUpdate', streamId: 0, delta: 4096 }],
  ['00000005 01000003 616263', { type: 'data', streamId: 5, fin: true, data: Buffer.from('abc') }],
  ['00000005 01000000', { type: 'data', streamId: 5, fin: true, data: Buffer.alloc(0) }],
];
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

test('every frame is written and read as the specification draws it', () => {
  for (const [hex, frame] of examples) {
    assert.equal(encodeFrame(frame).toString('hex'), bytes(hex).toString('hex'), frame.type);
    assert.deepEqual([...new FrameReader().read(bytes(hex))], [frame]);
  }
});

test('frames are found whatever the pieces they come in; long data comes as it arrives', () => {
  const wire = Buffer.concat(examples.map(([hex]) => bytes(hex)));
  const reader = new FrameReader();
  const frames = Array.from(wire, (byte) => [...reader.read(Buffer.from([byte]))]).flat();
  const control = examples.map(([, frame]) => frame).filter(({ type }) => type !== 'data');
  assert.deepEqual(
    frames.filter(({ type }) => type !== 'data'),
    control,
  );
  const data = frames.flatMap((frame) => (frame.type === 'data' ? [[frame.data.toString(), frame.fin]] : []));
  assert.deepEqual(data, [
    ['a', false],
    ['b', false],
    ['c', true],
    ['', true],
  ]);
});

test('what kubectl 1.33 sends for `exec -i` on a stream each: error, stdin, stdout, stderr; then abc and the end', () => {
  const wire = [
    '80030001000000290000000100000000000078f9e3c6a7c26260606004a7b392a2d4c45c6851c29a0a0a6800000000ffff',
    '800300010000001700000003000000000000c22e555c92929907000000ffff',
    '800300010000001900000005000000000000c22ac5565c92925f5a02000000ffff',
    '800300010000001500000007000000000000c229975a5404000000ffff',
    '00000003000000046162630a0000000301000000',
  ];
  const frames = [...new FrameReader().read(Buffer.from(wire.join(''), 'hex'))];
  const decompressor = new HeaderDecompressor(1024);
  const said = frames.map((frame) => {
    if (frame.type === 'synStream') return [frame.streamId, decodeHeaders(decompressor.decompress(frame.block)).get('streamtype')];
    return frame.type === 'data' ? [frame.streamId, frame.data.toString(), frame.fin] : [frame.type];
  });
  assert.deepEqual(said, [
    [1, 'error'],
    [3, 'stdin'],
    [5, 'stdout'],
    [7, 'stderr'],
    [3, 'abc\n', false],
    [3, '', true],
  ]);
});

test('a type that SPDY/3.1 does not have is passed over', () => {
  const credential = '8003000a 00000004 00000000';
  assert.deepEqual([...new FrameReader().read(bytes(`${credential} 80030006 00000004 00000009`))], [{ type: 'ping', id: 9 }]);
});

const broken: Record<string, [string, RegExp]> = {
  'a control frame that is too long': [`80030001 00${(maxControlLength + 1).toString(16).padStart(6, '0')}`, /^a control frame of 16385/],
  'another version': ['80020006 00000004 00000001', /^SPDY version 2 is not spoken here$/],
  'an HTTP request': [Buffer.from('\x80POST / HTTP/1.1\r\n\r\n', 'latin1').toString('hex'), /^a control frame of/],
  'data of stream 0': ['00000000 00000001 61', /^data of no stream$/],
  'a stream with number 0': ['80030001 0000000a 00000000 00000000 0000', /^a frame of no stream$/],
  'a frame that is too short': ['80030003 00000004 00000001', /^a control frame of type 3 is too short: 4 bytes$/],
  'settings that lie about their number': ['80030004 00000004 ffffffff', /^SETTINGS says 4294967295 entries in 4 bytes$/],
};
for (const [name, [hex, reason]] of Object.entries(broken)) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => [...new FrameReader().read(bytes(hex))],
      (error) => error instanceof SpdyError && reason.test(error.message),
    );
  });
}

test('header blocks: read as written; lies about lengths and bad names are told apart', () => {
  const headers = new Map([
    ['streamtype', 'data'],
    ['port', '80\u0000443'],
  ]);
  assert.deepEqual(decodeHeaders(encodeHeaders(headers)), headers);
  for (const hex of ['', '00000001', '00000001 ffffffff 61', 'ffffffff', '00000000 00'])
    assert.throws(() => decodeHeaders(bytes(hex)), SpdyError);
  for (const name of ['', 'Port']) {
    const block = Buffer.concat([bytes(`00000001 0000000${name.length}`), Buffer.from(name), bytes('00000000')]);
    assert.throws(() => decodeHeaders(block), BadHeader);
  }
});
