/**
 * The one transaction that every write of the API is, put together without a message in between: the key at this revision, then
 * the write, else what is there (etcdserverpb.TxnRequest).
 */

export interface WriteTxn {
  key: string;
  /** 0: absent. */
  revision: number;
  /** Undefined deletes the key. */
  put: { value: Uint8Array; lease?: number } | undefined;
}

/** Wire types in the low bits of a field's tag. */
const varint = 0;
const bytes = 2;
const tag = (field: number, type: number): number => (field << 3) | type;

export function encodeWriteTxn({ key, revision, put }: WriteTxn): Buffer {
  const keySize = Buffer.byteLength(key);
  const keyField = sized(keySize);
  // Compare: target (2) is the revision of the last change (2); result (1), left out, is equality.
  const compare = 2 + keyField + (revision > 0 ? 1 + varintSize(revision) : 0);
  const range = keyField;
  const written = put ? keyField + sized(put.value.length) + (put.lease === undefined ? 0 : 1 + varintSize(put.lease)) : keyField;
  const out = new Writer(sized(compare) + sized(sized(written)) + sized(sized(range)));
  out.head(tag(1, bytes), compare);
  out.byte(tag(2, varint));
  out.byte(2);
  out.text(tag(3, bytes), key, keySize);
  if (revision > 0) out.number(tag(6, varint), revision);
  // RequestOp: a put (2) or a deletion (3).
  out.head(tag(2, bytes), sized(written));
  out.head(tag(put ? 2 : 3, bytes), written);
  out.text(tag(1, bytes), key, keySize);
  if (put) {
    out.head(tag(2, bytes), put.value.length);
    out.bytes(put.value);
    if (put.lease !== undefined) out.number(tag(3, varint), put.lease);
  }
  out.head(tag(3, bytes), sized(range));
  out.head(tag(1, bytes), range);
  out.text(tag(1, bytes), key, keySize);
  return out.buffer;
}

/** Bytes of a field with so many bytes of content. */
const sized = (content: number): number => 1 + varintSize(content) + content;

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

class Writer {
  readonly buffer: Buffer;
  #at = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  byte(value: number): void {
    this.buffer[this.#at++] = value;
  }

  /** Numbers up to 2⁵³. */
  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
    this.byte(rest);
  }

  number(tag: number, value: number): void {
    this.byte(tag);
    this.varint(value);
  }

  head(tag: number, size: number): void {
    this.number(tag, size);
  }

  bytes(content: Uint8Array): void {
    this.buffer.set(content, this.#at);
    this.#at += content.length;
  }

  text(tag: number, content: string, size: number): void {
    this.head(tag, size);
    this.#at += this.buffer.write(content, this.#at);
  }
}
