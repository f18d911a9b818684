/** HPACK's Huffman code (RFC 7541, appendix B). It is canonical: the lengths of its codes say all. */

import { ProtocolError } from './frames.ts';

/** Bits of the code of each byte, and of the end mark. */
const lengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10,
  12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7,
  7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22,
  23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22,
  23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20,
  24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const endMark = 256;
const longest = 30;

/** By length: the first code of it, and the symbols that have it, in order. */
const codes: { first: number; symbols: number[] }[] = [];
for (let length = 0, next = 0; length <= longest; length++) {
  const symbols = lengths.flatMap((bits, symbol) => (bits === length ? [symbol] : []));
  next *= 2;
  codes.push({ first: next, symbols });
  next += symbols.length;
}

/** The text that `bytes` are the code of. Throws ProtocolError for what is no code. */
export function decodeHuffman(bytes: Uint8Array): string {
  let text = '';
  let code = 0;
  let length = 0;
  let ones = true;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const value = (byte >> bit) & 1;
      code = code * 2 + value;
      ones &&= value === 1;
      const { first, symbols } = codes[++length] ?? fail('a code that is too long');
      const symbol = symbols[code - first];
      if (code < first || symbol === undefined) continue;
      if (symbol === endMark) fail('an end mark');
      text += String.fromCharCode(symbol);
      [code, length, ones] = [0, 0, true];
    }
  }
  // Filled up with the first bits of the end mark.
  if (!ones || length > 7) fail('padding');
  return text;
}

function fail(what: string): never {
  throw new ProtocolError(`the Huffman code of a header holds ${what}`);
}
