/** Compressed headers (RFC 7541): written without a table, read with one. */
import { ProtocolError } from './frames.ts';
import { decodeHuffman } from './huffman.ts';

export type Headers = Record<string, string>;

const statics: readonly (readonly [name: string, value: string])[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map((code) => [':status', code] as const),
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...(
    'accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control content-disposition ' +
    'content-encoding content-language content-length content-location content-range content-type cookie date etag expect expires from ' +
    'host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards ' +
    'proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security ' +
    'transfer-encoding user-agent vary via www-authenticate'
  )
    .split(' ')
    .map((name) => [name, ''] as const),
];

/** Size of the table a peer may fill, unless settings say otherwise (they don't). Bytes. */
const tableSize = 4096;
/** What an entry costs besides its text. */
const entryCost = 32;

/** Headers as they go out: names and values in full. */
export function encodeHeaders(headers: Readonly<Headers>): Buffer {
  return Buffer.concat(Object.entries(headers).flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]));
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([encodeInteger(bytes.length, 7), bytes]);
}

function encodeInteger(value: number, prefix: number): Buffer {
  const max = 2 ** prefix - 1;
  if (value < max) return Buffer.of(value);
  const bytes = [max];
  let rest = value - max;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.of(...bytes, rest);
}

/** Reads the headers of one connection, in the order they came in. */
export class HeaderReader {
  /** The newest first. */
  readonly #table: (readonly [name: string, value: string])[] = [];
  #size = 0;
  #maxSize = tableSize;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Throws ProtocolError for what is no header block: nothing more can be read from that connection. */
  read(block: Buffer): Headers {
    this.#bytes = block;
    this.#at = 0;
    const headers: Headers = {};
    while (this.#at < block.length) {
      const first = block[this.#at] ?? 0;
      if (first & 0x80) {
        const [name, value] = this.#entry(this.#integer(7));
        headers[name] = value;
      } else if (first & 0x40) {
        const entry = this.#literal(6);
        this.#add(entry);
        headers[entry[0]] = entry[1];
      } else if (first & 0x20) {
        this.#resize(this.#integer(5));
      } else {
        const [name, value] = this.#literal(4);
        headers[name] = value;
      }
    }
    return headers;
  }

  #literal(prefix: number): readonly [string, string] {
    const index = this.#integer(prefix);
    const name = index === 0 ? this.#text() : this.#entry(index)[0];
    return [name, this.#text()];
  }

  #entry(index: number): readonly [string, string] {
    const entry = index <= statics.length ? statics[index - 1] : this.#table[index - statics.length - 1];
    if (!entry) throw new ProtocolError(`header ${index} is in no table`);
    return entry;
  }

  #add(entry: readonly [string, string]): void {
    this.#table.unshift(entry);
    this.#size += sizeOf(entry);
    this.#evict();
  }

  #resize(size: number): void {
    if (size > tableSize) throw new ProtocolError(`a header table of ${size} bytes`);
    this.#maxSize = size;
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#maxSize) this.#size -= sizeOf(this.#table.pop() ?? ['', '']);
  }

  #integer(prefix: number): number {
    const max = 2 ** prefix - 1;
    let value = this.#byte() & max;
    if (value < max) return value;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * shift;
      if (value > 2 ** 31) throw new ProtocolError('a header with too large a number');
      if (byte < 128) return value;
    }
  }

  #text(): string {
    const isCoded = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ProtocolError('a header that is cut off');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return isCoded ? decodeHuffman(bytes) : bytes.toString('latin1');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new ProtocolError('a header that is cut off');
    return byte;
  }
}

const sizeOf = ([name, value]: readonly [string, string]): number => name.length + value.length + entryCost;
