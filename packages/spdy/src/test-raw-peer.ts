/** A peer that says what it likes, byte by byte, to a session in the server's role. */
import type { Duplex } from 'node:stream';
import type { Frame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { encodeFrame } from './frame-writer.ts';
import { encodeHeaders } from './header-block.ts';
import { HeaderCompressor } from './header-compression.ts';
import { type SessionOptions, SpdySession } from './spdy-session.ts';
import type { SpdyStream } from './spdy-stream.ts';
import { duplexPair } from './test-duplex-pair.ts';

export class RawPeer {
  readonly session: SpdySession;
  /** What the session has accepted. */
  readonly streams: SpdyStream[] = [];
  readonly closed: Promise<void>;
  readonly #wire: Duplex;
  readonly #compressor = new HeaderCompressor();
  readonly #reader = new FrameReader();
  readonly #heard: Omit<Frame, 'block'>[] = [];
  #told = (): void => undefined;

  constructor({ reads = true, ...options }: Partial<SessionOptions> & { reads?: boolean } = {}) {
    const [near, far] = duplexPair();
    this.#wire = near;
    this.closed = new Promise((resolve) => near.once('close', resolve));
    this.session = new SpdySession({
      transport: far,
      role: 'server',
      flowControl: 'transport',
      onStream: (stream) => {
        this.streams.push(stream);
        stream.reply();
      },
      ...options,
    });
    if (!reads) return;
    near.once('end', () => near.end());
    near.on('data', (chunk: Buffer) => {
      for (const frame of this.#reader.read(chunk)) {
        const { block: _, ...rest } = { block: undefined, ...frame };
        this.#heard.push(rest);
      }
      this.#told();
    });
  }

  write(bytes: Buffer): void {
    this.#wire.write(bytes);
  }

  send(...hex: string[]): void {
    this.write(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'));
  }

  synStream(id: number): void {
    this.send(this.headersFrame(1, id));
  }

  /** A SYN_STREAM (1) or SYN_REPLY (2), in hex. */
  headersFrame(type: 1 | 2, streamId: number): string {
    const block = this.#compressor.compress(encodeHeaders(new Map([['streamtype', 'data']])));
    const frame: Frame =
      type === 1
        ? { type: 'synStream', streamId, associatedId: 0, priority: 0, fin: false, unidirectional: false, block }
        : { type: 'synReply', streamId, fin: false, block };
    return encodeFrame(frame).toString('hex');
  }

  /** The first `count` frames of the session, without header blocks. */
  async frames(count: number): Promise<Record<string, unknown>[]> {
    while (this.#heard.length < count) {
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
    return this.#heard.slice(0, count);
  }

  /** Until the session takes no more of what was written. */
  async untilQuiet(): Promise<void> {
    for (let left = -1; left !== this.#wire.writableLength; await new Promise((resolve) => setTimeout(resolve, 20)))
      left = this.#wire.writableLength;
  }

  async untilClosed(): Promise<Record<string, unknown>[]> {
    await this.closed;
    return this.#heard;
  }
}
