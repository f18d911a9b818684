/** Reads protobuf's wire format (https://protobuf.dev/programming-guides/encoding/). */
import { DecodeError } from '../decode-error.ts';

export type WireValue = { type: 'varint'; value: bigint } | { type: 'double'; value: number } | { type: 'bytes'; value: Uint8Array };

const truncated = 'unexpected EOF';

/** The fields of one message, in the order they stand there. Throws DecodeError on bytes that are none. */
export function* wireFields(bytes: Uint8Array): Iterable<[number: number, value: WireValue]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new DecodeError(truncated);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new DecodeError('proto: integer overflow');
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new DecodeError(truncated);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield [number, { type: 'varint', value: varint() }];
        break;
      case 1: {
        const start = at;
        take(8);
        yield [number, { type: 'double', value: view.getFloat64(start, true) }];
        break;
      }
      case 2:
        yield [number, { type: 'bytes', value: take(Number(varint())) }];
        break;
      case 5:
        take(4);
        break;
      default:
        throw new DecodeError(`proto: illegal wireType ${tag % 8}`);
    }
  }
}

/** The bytes of field `number` of a message, where it has one. */
export function bytesOf(message: Uint8Array, number: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (const [n, { type, value }] of wireFields(message)) if (n === number && type === 'bytes') found = value;
  return found;
}
