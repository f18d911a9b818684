/** Frames of HTTP/2 (RFC 9113, 4 and 6): what all streams of a connection are cut into. */

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flags = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;
export const errorCodes = { cancel: 8 } as const;
export const settingIds = { enablePush: 2, maxConcurrentStreams: 3, initialWindowSize: 4, maxFrameSize: 5 } as const;

export const headSize = 9;
/** Largest payload a peer takes unless it says otherwise, and a window's size. Bytes. */
export const defaultFrameSize = 16_384;
export const defaultWindow = 65_535;
export const maxWindow = 2 ** 31 - 1;

/** What a peer sends is not HTTP/2: the connection is of no more use. */
export class ProtocolError extends Error {}

export interface Frame {
  type: number;
  flags: number;
  stream: number;
  payload: Buffer;
}

export interface FrameHead {
  type: number;
  flags?: number;
  stream?: number;
  length: number;
}

/** Writes the head of a frame; its payload is to follow it. */
export function writeHead(into: Buffer, at: number, { type, flags = 0, stream = 0, length }: FrameHead): number {
  into.writeUIntBE(length, at, 3);
  into[at + 3] = type;
  into[at + 4] = flags;
  into.writeUInt32BE(stream, at + 5);
  return at + headSize;
}

export function writeFrame(head: Omit<FrameHead, 'length'>, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headSize + payload.length);
  bytes.set(payload, writeHead(bytes, 0, { ...head, length: payload.length }));
  return bytes;
}

export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(settings.length * 6);
  for (const [i, [id, value]] of settings.entries()) payload.writeUInt32BE(value, payload.writeUInt16BE(id, i * 6));
  return writeFrame({ type: frameTypes.settings }, payload);
}

/** A frame of one number: window updates, resets. */
export function numberFrame(type: number, stream: number, value: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(value);
  return writeFrame({ type, stream }, payload);
}

/** Cuts a connection's bytes into frames. */
export class FrameReader {
  readonly #maxSize: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The frames that are complete now. Throws ProtocolError for one that is too large. */
  *push(chunk: Buffer): Iterable<Frame> {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= headSize) {
      const length = bytes.readUIntBE(at, 3);
      if (length > this.#maxSize) throw new ProtocolError(`a frame of ${length} bytes`);
      const start = at + headSize;
      if (bytes.length < start + length) break;
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      yield { type: bytes[at + 3] ?? 0, flags: bytes[at + 4] ?? 0, stream, payload: bytes.subarray(start, start + length) };
      at = start + length;
    }
    this.#rest = bytes.subarray(at);
  }
}

/** A payload without the padding and the priority that its flags announce. Throws ProtocolError where they don't fit. */
export function content({ type, flags: set, payload }: Frame): Buffer {
  let start = 0;
  let end = payload.length;
  if (set & flags.padded) {
    end -= payload[0] ?? 0;
    start = 1;
  }
  if (type === frameTypes.headers && set & flags.priority) start += 5;
  if (start > end) throw new ProtocolError('padding without end');
  return payload.subarray(start, end);
}
