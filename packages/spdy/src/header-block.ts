import { SpdyError } from './spdy-error.ts';

/** Header names (lower case) and values; several values of one name are joined by NUL. */
export type Headers = ReadonlyMap<string, string>;

export function encodeHeaders(headers: Headers): Buffer {
  const parts: Buffer[] = [uint32(headers.size)];
  for (const [name, value] of headers) {
    for (const text of [name.toLowerCase(), value]) {
      const bytes = Buffer.from(text);
      parts.push(uint32(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

/** A name that is empty, not in lower case or given twice; the block itself is readable, so only its stream is lost. */
export class BadHeader extends Error {
  override readonly name = 'BadHeader';
}

/** Throws SpdyError for a block that ends early or has bytes left, BadHeader for names that may not be. */
export function decodeHeaders(block: Buffer): Headers {
  let at = 0;
  const number = (): number => {
    if (at + 4 > block.length) throw new SpdyError('a header block ends early');
    at += 4;
    return block.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (at + length > block.length) throw new SpdyError('a header block ends early');
    at += length;
    return block.toString('utf8', at - length, at);
  };
  const headers = new Map<string, string>();
  let bad: string | undefined;
  for (let left = number(); left > 0; left--) {
    const name = text();
    if (name === '' || name !== name.toLowerCase() || headers.has(name)) bad = name;
    headers.set(name, text());
  }
  if (at !== block.length) throw new SpdyError('a header block has bytes after its last header');
  if (bad !== undefined) throw new BadHeader(`header name ${JSON.stringify(bad)} is empty, not in lower case, or given twice`);
  return headers;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
