import type { Writable } from 'node:stream';
import { encodeFrame } from './frame-writer.ts';
import { SpdyError } from './spdy-error.ts';
import type { SpdyStream } from './spdy-stream.ts';

/** Longest payload of the data frames sent: streams take turns after each. */
export const maxDataLength = 32 * 1024;
/** Bytes of answers that may wait for a peer that does not read. */
const maxBacklog = 1024 * 1024;
export const maxWindow = 0x7fffffff;

interface Write {
  stream: SpdyStream;
  data: Buffer;
  done(): void;
}

/** What is to be sent: streams in turn, as far as the windows allow and the transport takes it. */
export class SendQueue {
  readonly #transport: Writable;
  /** Of the session; undefined where the peer keeps no windows. */
  #window: number | undefined;
  #writes: Write[] = [];
  readonly #stalled = new Map<number, Write>();

  constructor(transport: Writable, window: number | undefined) {
    this.#transport = transport;
    this.#window = window;
    transport.on('drain', () => this.#pump());
  }

  write(write: Write): void {
    this.#writes.push(write);
    this.#pump();
  }

  /** Sends at once, before data that waits. Throws SpdyError when the peer lets too much pile up. */
  control(frame: Buffer): void {
    if (!this.#transport.writable) return;
    this.#transport.write(frame);
    if (this.#transport.writableLength > maxBacklog) throw new SpdyError('the peer does not read what it asks for');
  }

  /** The peer takes more: of one stream, or of the session. False for more than a window can be. */
  grow(delta: number, stream?: SpdyStream): boolean {
    if (this.#window === undefined) return true;
    if (stream) stream.sendWindow += delta;
    else this.#window += delta;
    const stalled = stream ? [this.#stalled.get(stream.id)] : [...this.#stalled.values()];
    for (const write of stalled) {
      if (!write) continue;
      this.#stalled.delete(write.stream.id);
      this.#writes.push(write);
    }
    this.#pump();
    return (stream ? stream.sendWindow : this.#window) <= maxWindow;
  }

  forget(stream: SpdyStream): void {
    this.#stalled.delete(stream.id);
  }

  #pump(): void {
    while (this.#transport.writable && !this.#transport.writableNeedDrain) {
      const write = this.#writes.shift();
      if (!write) return;
      if (!write.stream.destroyed) this.#send(write);
    }
  }

  #send(write: Write): void {
    const { stream, data, done } = write;
    const length = Math.min(data.length, maxDataLength, this.#allowance(stream));
    if (length <= 0 && data.length > 0) return void this.#stalled.set(stream.id, write);
    if (this.#window !== undefined) {
      this.#window -= length;
      stream.sendWindow -= length;
    }
    this.#transport.write(encodeFrame({ type: 'data', streamId: stream.id, fin: false, data: data.subarray(0, length) }));
    if (length < data.length) this.#writes.push({ stream, data: data.subarray(length), done });
    else done();
  }

  #allowance(stream: SpdyStream): number {
    return this.#window === undefined ? maxDataLength : Math.min(this.#window, stream.sendWindow);
  }
}
