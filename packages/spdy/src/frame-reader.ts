import { controlType, type Frame, flag, headLength, version } from './frame.ts';
import { SpdyError } from './spdy-error.ts';

/** Longest payload of a control frame taken. Data frames come in parts, so theirs needs no limit. */
export const maxControlLength = 16 * 1024;

interface OpenData {
  streamId: number;
  fin: boolean;
  left: number;
}

/** Cuts a stream of bytes into frames, whatever the pieces it arrives in. Keeps no more than one control frame. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  #data: OpenData | undefined;

  /** Yields what this chunk completes. Throws SpdyError for frames that can't be; nothing can be read after that. */
  *read(chunk: Buffer): Generator<Frame> {
    let bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = Buffer.alloc(0);
    for (;;) {
      if (this.#data) {
        const data = bytes.subarray(0, this.#data.left);
        if (data.length === 0 && this.#data.left > 0) return;
        bytes = bytes.subarray(data.length);
        const { streamId, fin, left } = this.#data;
        this.#data = left > data.length ? { streamId, fin, left: left - data.length } : undefined;
        yield { type: 'data', streamId, fin: fin && this.#data === undefined, data };
        continue;
      }
      const length = headLength > bytes.length ? 0 : bytes.readUIntBE(5, 3);
      const isControl = ((bytes[0] ?? 0) & 0x80) !== 0;
      if (isControl && length > maxControlLength) throw new SpdyError(`a control frame of ${length} bytes`);
      if (headLength > bytes.length || (isControl && headLength + length > bytes.length)) {
        this.#pending = bytes;
        return;
      }
      const flags = bytes[4] ?? 0;
      if (isControl) {
        const frame = controlFrame(bytes, flags, bytes.subarray(headLength, headLength + length));
        bytes = bytes.subarray(headLength + length);
        if (frame) yield frame;
      } else {
        const streamId = bytes.readUInt32BE(0);
        if (streamId === 0) throw new SpdyError('data of no stream');
        this.#data = { streamId, fin: (flags & flag.fin) !== 0, left: length };
        bytes = bytes.subarray(headLength);
      }
    }
  }
}

/** Undefined for a type that SPDY/3.1 doesn't know: such frames are passed over. */
function controlFrame(head: Buffer, flags: number, body: Buffer): Frame | undefined {
  const spoken = head.readUInt16BE(0) & 0x7fff;
  if (spoken !== version) throw new SpdyError(`SPDY version ${spoken} is not spoken here`);
  const word = (at: number): number => {
    if (at + 4 > body.length) throw new SpdyError(`a control frame of type ${head.readUInt16BE(2)} is too short: ${body.length} bytes`);
    return body.readUInt32BE(at);
  };
  const id = (at: number): number => word(at) & 0x7fffffff;
  const stream = (): number => {
    const streamId = id(0);
    if (streamId === 0) throw new SpdyError('a frame of no stream');
    return streamId;
  };
  const fin = (flags & flag.fin) !== 0;
  switch (head.readUInt16BE(2)) {
    case controlType.synStream:
      return {
        type: 'synStream',
        streamId: stream(),
        associatedId: id(4),
        priority: (body[8] ?? 0) >> 5,
        fin,
        unidirectional: (flags & flag.unidirectional) !== 0,
        block: body.subarray(10),
      };
    case controlType.synReply:
      return { type: 'synReply', streamId: stream(), fin, block: body.subarray(4) };
    case controlType.headers:
      return { type: 'headers', streamId: stream(), fin, block: body.subarray(4) };
    case controlType.rstStream:
      return { type: 'rstStream', streamId: stream(), status: word(4) };
    case controlType.settings: {
      const count = word(0);
      if (body.length !== 4 + count * 8) throw new SpdyError(`SETTINGS says ${count} entries in ${body.length} bytes`);
      const settings = Array.from({ length: count }, (_, i) => ({ id: word(4 + i * 8) & 0xffffff, value: word(8 + i * 8) }));
      return { type: 'settings', settings };
    }
    case controlType.ping:
      return { type: 'ping', id: word(0) };
    case controlType.goAway:
      return { type: 'goAway', lastStreamId: id(0), status: word(4) };
    case controlType.windowUpdate:
      return { type: 'windowUpdate', streamId: id(0), delta: id(4) };
    default:
      return undefined;
  }
}
