/**
 * The header blocks of one direction are one zlib stream, flushed to a byte boundary after each block. So each block is
 * deflated and inflated at once, given the 32 KiB that came before it: no stream to wait for, and a limit on what comes out.
 */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { dictionary, dictionaryId } from './dictionary.ts';
import { SpdyError } from './spdy-error.ts';

const windowSize = 32 * 1024;
const headLength = 6;

class History {
  bytes: Buffer = dictionary;

  add(block: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, block]).subarray(-windowSize);
  }
}

export class HeaderCompressor {
  readonly #history = new History();
  #begun = false;

  compress(block: Buffer): Buffer {
    const body = deflateRawSync(block, { dictionary: this.#history.bytes, finishFlush: constants.Z_SYNC_FLUSH, memLevel: 4 });
    this.#history.add(block);
    if (this.#begun) return body;
    this.#begun = true;
    return Buffer.concat([zlibHead(), body]);
  }
}

export class HeaderDecompressor {
  readonly #history = new History();
  readonly #limit: number;
  #begun = false;

  /** `limit`: bytes that one block may have when inflated. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws SpdyError for what is no such stream, or too long. What follows can't be read then. */
  decompress(block: Buffer): Buffer {
    const body = this.#begun ? block : block.subarray(checkedHead(block));
    this.#begun = true;
    const plain = this.#inflate(body);
    this.#history.add(plain);
    return plain;
  }

  #inflate(body: Buffer): Buffer {
    try {
      return inflateRawSync(body, {
        dictionary: this.#history.bytes,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: this.#limit,
      });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE') throw new SpdyError(`headers of more than ${this.#limit} bytes`);
      throw new SpdyError(`headers that can't be inflated: ${message}`, { cause: error });
    }
  }
}

/** Deflate with a 32 KiB window, a dictionary set (RFC 1950). */
function zlibHead(): Buffer {
  const head = Buffer.from([0x78, 0xbb, 0, 0, 0, 0]);
  head.writeUInt32BE(dictionaryId, 2);
  return head;
}

function checkedHead(block: Buffer): number {
  const isZlib = block.length >= headLength && ((block[0] ?? 0) & 0x0f) === 8 && block.readUInt16BE(0) % 31 === 0;
  if (!isZlib || ((block[1] ?? 0) & 0x20) === 0 || block.readUInt32BE(2) !== dictionaryId)
    throw new SpdyError("headers are not compressed with SPDY/3's dictionary");
  return headLength;
}
