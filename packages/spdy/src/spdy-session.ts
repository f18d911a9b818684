import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '@t8s/async';
import { type Frame, setting } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { encodeFrame } from './frame-writer.ts';
import { BadHeader, decodeHeaders, encodeHeaders, type Headers } from './header-block.ts';
import { HeaderCompressor, HeaderDecompressor } from './header-compression.ts';
import { maxWindow, SendQueue } from './send-queue.ts';
import { goAwayStatus, resetStatus, SessionClosed, SpdyError, StreamReset } from './spdy-error.ts';
import { SpdyStream, type StreamHost } from './spdy-stream.ts';

export interface SessionOptions {
  /** Carries the frames; the session owns it from now on. */
  transport: Duplex;
  role: 'client' | 'server';
  /** A stream that the peer opened: `reply` accepts it, `reset` refuses it. */
  onStream(stream: SpdyStream): void;
  /**
   * `windows`: as SPDY/3.1 has it. `transport`: for client-go and whatever else uses Go's spdystream, which sends no
   * WINDOW_UPDATE and waits for none: nothing is held back for a window, none is enforced, and while readers are 2 MiB
   * behind, nothing is read from the transport.
   */
  flowControl: 'windows' | 'transport';
  /** Streams open at a time; more are refused. */
  maxStreams?: number;
  /** Bytes of one stream's headers. */
  maxHeaderLength?: number;
  clock?: Clock;
}

const initialWindow = 64 * 1024;
/** How long a peer may take to close after GOAWAY. */
const linger = 30_000;
/** What may wait for the readers of all streams, where no windows are kept: one that is stuck does not stop the others at once. */
const maxUnread = 2 * 1024 * 1024;
/** How often a peer that is not being read is asked whether it is there. */
const probeInterval = 10_000;

/** One SPDY/3.1 connection, at either end. Ends when its transport closes. */
export class SpdySession {
  readonly #transport: Duplex;
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #reader = new FrameReader();
  readonly #compressor = new HeaderCompressor();
  readonly #decompressor: HeaderDecompressor;
  readonly #queue: SendQueue;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #ended = new AbortController();
  readonly #maxStreams: number;
  #lastPeerId = 0;
  #nextId: number;
  #peerWindow = initialWindow;
  #receiveWindow = initialWindow;
  #credit = 0;
  #unread = 0;
  #isHeld = false;
  #lastPing = 0;
  #stopProbing = (): void => undefined;
  #goAwaySent = false;
  #goAwaySeen = false;
  #failure: Error | undefined;
  #stopLingering = (): void => undefined;

  constructor(options: SessionOptions) {
    const { transport, role, flowControl, maxStreams = 1000, maxHeaderLength = 32 * 1024, clock = systemClock } = options;
    this.#options = options;
    this.#transport = transport;
    this.#clock = clock;
    this.#maxStreams = maxStreams;
    this.#nextId = role === 'client' ? 1 : 2;
    this.#decompressor = new HeaderDecompressor(maxHeaderLength);
    this.#queue = new SendQueue(transport, flowControl === 'windows' ? initialWindow : undefined);
    transport.on('data', (chunk: Buffer) => this.#receive(chunk));
    transport.once('end', () => transport.destroy());
    transport.on('error', (error: Error) => {
      this.#failure ??= error;
    });
    transport.once('close', () => this.#over());
  }

  /** Aborts when the session is over; the reason is a SpdyError, the transport's error, or SessionClosed. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** Opens a stream to the peer, which answers with 'reply' or a reset. */
  open(headers: Headers): SpdyStream {
    if (this.#goAwaySent || this.#goAwaySeen || this.signal.aborted) throw new SessionClosed('no stream can be opened: the session ends');
    const id = this.#nextId;
    this.#nextId += 2;
    const stream = this.#add(id, headers);
    const block = this.#compressor.compress(encodeHeaders(headers));
    this.#send({ type: 'synStream', streamId: id, associatedId: 0, priority: 0, fin: false, unidirectional: false, block });
    return stream;
  }

  /**
   * Says that this is all; what was written is delivered. The peer closes, or after half a minute we do: Go's spdystream
   * drops data it has received but not handed out when the connection closes under it.
   */
  close(): void {
    if (this.#goAwaySent || this.signal.aborted) return;
    this.#goAway(goAwayStatus.ok);
    this.#stopLingering = this.#clock.after(linger, () => this.#hangUp());
  }

  /** Cuts the connection. */
  destroy(error?: Error): void {
    this.#failure ??= error;
    this.#transport.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#failure) return;
    try {
      for (const frame of this.#reader.read(chunk)) {
        this.#handle(frame);
        if (this.#failure) return;
      }
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case 'synStream':
        this.#onSynStream(frame);
        break;
      case 'synReply':
      case 'headers':
        this.#onHeaders(frame);
        break;
      case 'data':
        this.#onData(frame);
        break;
      case 'rstStream':
        this.#streams.get(frame.streamId)?.destroy(new PeerReset(frame.status));
        break;
      case 'settings':
        for (const { id, value } of frame.settings) if (id === setting.initialWindowSize) this.#onInitialWindow(value);
        break;
      case 'ping':
        // Who asks counts in odd numbers when it is the client, else in even ones: anything else answers us.
        if (frame.id % 2 === this.#peerParity) this.#send(frame);
        break;
      case 'goAway':
        this.#goAwaySeen = true;
        if (this.#streams.size === 0) this.#hangUp();
        break;
      case 'windowUpdate':
        this.#onWindowUpdate(frame);
        break;
    }
  }

  get #peerParity(): number {
    return this.#options.role === 'server' ? 1 : 0;
  }

  #onSynStream({ streamId, fin, unidirectional, block }: Frame & { type: 'synStream' }): void {
    const headers = this.#headers(streamId, block);
    if (streamId % 2 !== this.#peerParity || streamId <= this.#lastPeerId) throw new SpdyError(`stream ${streamId} can't be opened now`);
    this.#lastPeerId = streamId;
    if (!headers || this.#goAwaySent) return;
    // A stream that can't be answered is of no use to anyone here.
    if (unidirectional || this.#streams.size >= this.#maxStreams) return void this.#reset(streamId, resetStatus.refusedStream);
    const stream = this.#add(streamId, headers);
    this.#options.onStream(stream);
    if (fin && !stream.destroyed) stream.receiveEnd();
  }

  #onHeaders({ type, streamId, fin, block }: Frame & { type: 'synReply' | 'headers' }): void {
    const headers = this.#headers(streamId, block);
    const stream = this.#streams.get(streamId);
    if (!headers || !stream) return;
    if (type === 'synReply') {
      if (stream.replied || streamId % 2 === this.#peerParity) return void stream.reset(resetStatus.streamInUse, 'a second reply');
      stream.replied = true;
    }
    if (stream.peerDone) return void stream.reset(resetStatus.streamAlreadyClosed, 'headers after the end');
    stream.emit(type === 'synReply' ? 'reply' : 'headers', headers);
    if (fin && !stream.destroyed) stream.receiveEnd();
  }

  /** Inflates in any case: the blocks of all streams are one zlib stream. Undefined where the stream had to be reset. */
  #headers(streamId: number, block: Buffer): Headers | undefined {
    const plain = this.#decompressor.decompress(block);
    try {
      return decodeHeaders(plain);
    } catch (error) {
      if (!(error instanceof BadHeader)) throw error;
      const stream = this.#streams.get(streamId);
      if (stream) stream.reset(resetStatus.protocolError, error.message);
      else this.#reset(streamId, resetStatus.protocolError);
      return undefined;
    }
  }

  #onData({ streamId, fin, data }: Frame & { type: 'data' }): void {
    this.#receiveWindow -= data.length;
    const enforced = this.#options.flowControl === 'windows';
    if (enforced && this.#receiveWindow < 0) throw new SpdyError("more data than the session's window");
    const stream = this.#streams.get(streamId);
    if (!stream) {
      this.#giveBack(data.length);
      // Data may be under way while a stream ends; that of a stream that never was is an error.
      if (streamId > (streamId % 2 === this.#peerParity ? this.#lastPeerId : this.#nextId - 2))
        this.#reset(streamId, resetStatus.invalidStream);
      return;
    }
    stream.receiveWindow -= data.length;
    if (stream.peerDone || (enforced && stream.receiveWindow < 0)) {
      this.#giveBack(data.length);
      if (stream.peerDone) stream.reset(resetStatus.streamAlreadyClosed, 'data after the end');
      else stream.reset(resetStatus.flowControlError, 'more data than the window');
      return;
    }
    stream.receive(data);
    if (fin && !stream.destroyed) stream.receiveEnd();
  }

  #onInitialWindow(value: number): void {
    if (value > maxWindow) throw new SpdyError(`an initial window of ${value} bytes`);
    const delta = value - this.#peerWindow;
    this.#peerWindow = value;
    for (const stream of this.#streams.values())
      if (!this.#queue.grow(delta, stream)) stream.reset(resetStatus.flowControlError, 'a window of more than 2 GiB');
  }

  #onWindowUpdate({ streamId, delta }: Frame & { type: 'windowUpdate' }): void {
    const stream = this.#streams.get(streamId);
    if (streamId !== 0 && !stream) return;
    if (this.#queue.grow(delta, stream)) return;
    if (!stream) throw new SpdyError('a window of more than 2 GiB');
    stream.reset(resetStatus.flowControlError, 'a window of more than 2 GiB');
  }

  #add(id: number, headers: Headers): SpdyStream {
    const stream = new SpdyStream({ host: this.#host, id, headers, sendWindow: this.#peerWindow, receiveWindow: initialWindow });
    this.#streams.set(id, stream);
    return stream;
  }

  readonly #host: StreamHost = {
    write: (stream, data, done) => this.#queue.write({ stream, data, done }),
    finish: ({ id }) => this.#send({ type: 'data', streamId: id, fin: true, data: Buffer.alloc(0) }),
    reply: (stream, headers) => {
      if (stream.replied || stream.destroyed) return;
      stream.replied = true;
      this.#send({ type: 'synReply', streamId: stream.id, fin: false, block: this.#compressor.compress(encodeHeaders(headers)) });
    },
    waiting: (bytes) => this.#changeUnread(bytes),
    consumed: (stream, bytes) => {
      this.#changeUnread(-bytes);
      this.#giveBack(bytes);
      stream.credit += bytes;
      if (stream.peerDone || stream.credit < initialWindow / 2) return;
      this.#send({ type: 'windowUpdate', streamId: stream.id, delta: stream.credit });
      stream.receiveWindow += stream.credit;
      stream.credit = 0;
    },
    gone: (stream, error, unread) => {
      const isWhole = stream.peerDone && stream.writableFinished;
      this.#streams.delete(stream.id);
      this.#queue.forget(stream);
      this.#changeUnread(-unread);
      this.#giveBack(unread);
      if (!this.#failure && !isWhole && !(error instanceof PeerReset))
        this.#reset(stream.id, error instanceof StreamReset ? error.status : resetStatus.cancel);
      if (this.#goAwaySeen && this.#streams.size === 0) this.#hangUp();
    },
  };

  #giveBack(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit < initialWindow / 2) return;
    this.#send({ type: 'windowUpdate', streamId: 0, delta: this.#credit });
    this.#receiveWindow += this.#credit;
    this.#credit = 0;
  }

  #changeUnread(delta: number): void {
    this.#unread += delta;
    const isHeld = this.#unread > maxUnread && this.#options.flowControl === 'transport';
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (isHeld) this.#transport.pause();
    else this.#transport.resume();
    this.#probe();
  }

  /** A close is not seen while nothing is read; but what is sent to a peer that has gone comes back as an error. */
  #probe(): void {
    this.#stopProbing();
    if (!this.#isHeld) return;
    this.#stopProbing = this.#clock.after(probeInterval, () => {
      this.#lastPing += 2;
      this.#send({ type: 'ping', id: this.#lastPing - (1 - this.#peerParity) });
      this.#probe();
    });
  }

  #reset(streamId: number, status: number): void {
    this.#send({ type: 'rstStream', streamId, status });
  }

  #send(frame: Frame): void {
    try {
      this.#queue.control(encodeFrame(frame));
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #goAway(status: number): void {
    this.#goAwaySent = true;
    this.#send({ type: 'goAway', lastStreamId: this.#lastPeerId, status });
  }

  /** What else the peer sends is thrown away until it has read why. */
  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#goAway(goAwayStatus.protocolError);
    this.#endStreams();
    this.#transport.resume();
    this.#hangUp();
  }

  #hangUp(): void {
    this.#transport.end();
    this.#stopLingering();
    this.#stopLingering = this.#clock.after(linger, () => this.#transport.destroy());
  }

  #over(): void {
    this.#failure ??= new SessionClosed('the connection is closed');
    this.#stopLingering();
    this.#stopProbing();
    this.#endStreams();
    this.#ended.abort(this.#failure);
  }

  #endStreams(): void {
    for (const stream of this.#streams.values()) stream.destroy(this.#failure);
  }
}

/** The peer has reset the stream: no answer is due. */
class PeerReset extends StreamReset {
  constructor(status: number) {
    super(status, `the peer has reset the stream (status ${status})`);
  }
}
