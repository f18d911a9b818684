import { Duplex } from 'node:stream';
import type { Headers } from './header-block.ts';
import { StreamReset } from './spdy-error.ts';

/** What a stream needs of its session. */
export interface StreamHost {
  /** Calls `done` when all of `data` is on its way: the windows and the transport set the pace. */
  write(stream: SpdyStream, data: Buffer, done: () => void): void;
  finish(stream: SpdyStream): void;
  reply(stream: SpdyStream, headers: Headers): void;
  /** So many bytes wait for the reader, which is behind. */
  waiting(bytes: number): void;
  /** The reader has taken so many of them. */
  consumed(stream: SpdyStream, bytes: number): void;
  /** The stream is over, with `unread` bytes that no reader will take. */
  gone(stream: SpdyStream, error: Error | null, unread: number): void;
}

export interface StreamOptions {
  host: StreamHost;
  id: number;
  /** Of the SYN_STREAM. */
  headers: Headers;
  sendWindow: number;
  receiveWindow: number;
}

/**
 * One stream as a Duplex: `end` closes our half, `destroy` resets it, a slow reader slows its peer.
 * Emits 'reply' and 'headers' with the headers of SYN_REPLY and HEADERS frames.
 */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  /** Bytes that may still be sent, and those that the peer may still send. The session counts. */
  sendWindow: number;
  receiveWindow: number;
  /** Taken by the reader, not told to the peer yet. */
  credit = 0;
  replied = false;
  peerDone = false;
  readonly #host: StreamHost;
  readonly #unread: Buffer[] = [];
  #wanted = false;

  constructor({ host, id, headers, sendWindow, receiveWindow }: StreamOptions) {
    super({ allowHalfOpen: true, highWaterMark: 64 * 1024 });
    this.#host = host;
    this.id = id;
    this.headers = headers;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
    // A peer may reset any stream at any time: that must not end the process where nobody listens. 'close' always comes.
    this.on('error', () => undefined);
  }

  /** Accepts a stream that the peer opened. Comes before any data. */
  reply(headers: Headers = new Map()): void {
    this.#host.reply(this, headers);
  }

  /** Ends the stream at once, for both sides. */
  reset(status: number, message: string): void {
    this.destroy(new StreamReset(status, message));
  }

  /** For the session: what the peer sent. */
  receive(data: Buffer): void {
    if (this.destroyed || data.length === 0) return;
    this.#unread.push(data);
    this.#host.waiting(data.length);
    this.#deliver();
  }

  /** For the session: the peer sends no more. */
  receiveEnd(): void {
    this.peerDone = true;
    if (this.#unread.length === 0) this.push(null);
  }

  override _read(): void {
    this.#wanted = true;
    this.#deliver();
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#host.write(this, data, done);
  }

  override _final(done: () => void): void {
    this.#host.finish(this);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const unread = this.#unread.splice(0).reduce((sum, { length }) => sum + length, 0);
    this.#host.gone(this, error, unread);
    done(error);
  }

  #deliver(): void {
    const had = this.#unread.length > 0;
    while (this.#wanted) {
      const data = this.#unread.shift();
      if (!data) break;
      this.#wanted = this.push(data);
      this.#host.consumed(this, data.length);
    }
    if (had && this.#unread.length === 0 && this.peerDone) this.push(null);
  }
}
