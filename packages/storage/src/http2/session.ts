/**
 * One HTTP/2 connection of a client (RFC 9113), as much of it as gRPC needs: requests with a body, answers with trailers, flow
 * control both ways. A stream is a number and a handler; what is sent in one turn of the event loop goes out in one write.
 * node:http2 makes a Duplex of each stream, which costs four times the CPU.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import {
  content,
  defaultWindow,
  errorCodes,
  type Frame,
  FrameReader,
  flags,
  frameTypes,
  maxWindow,
  numberFrame,
  ProtocolError,
  settingIds,
  settingsFrame,
  writeFrame,
} from './frames.ts';
import { HeaderReader, type Headers } from './hpack.ts';
import { type Outgoing, Sender } from './sender.ts';

export interface SessionOptions {
  /** `https://host:port`, or `http:` without TLS. */
  endpoint: string;
  /** PEM texts. */
  ca?: string;
  cert?: string;
  key?: string;
}

export interface StreamEvents {
  /** The head, and at the end the trailers. */
  headers(headers: Headers): void;
  data(chunk: Buffer): void;
  /** Once: the answer is complete, or why it will never be. */
  closed(error: Error | undefined): void;
}

interface Stream extends Outgoing {
  events: StreamEvents;
  /** Bytes that came since the peer was last told that there is room. */
  received: number;
}

export interface OpenStream {
  /** What encodeHeaders made. */
  headers: Buffer;
  /** In parts. */
  body?: readonly Uint8Array[];
  /** Nothing follows the body. */
  end: boolean;
}

interface Waiting {
  stream: Stream;
  opening: OpenStream;
}

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** Receive windows, so that a page of a list doesn't wait for window updates. Bytes. */
const streamWindow = 4 * 1024 * 1024;
const sessionWindow = 16 * 1024 * 1024;
/** Largest frame and largest block of headers taken. Bytes. */
const maxFrame = 1024 * 1024;
const maxHeaders = 256 * 1024;

export class Http2Session {
  readonly #socket: Socket;
  readonly #sender: Sender;
  readonly #frames = new FrameReader(maxFrame);
  readonly #headers = new HeaderReader();
  readonly #streams = new Map<number, Stream>();
  /** Streams that wait for the peer's limit of open ones. */
  #waiting: Waiting[] = [];
  readonly #pings: (() => void)[] = [];
  #nextId = 1;
  #maxStreams = Number.POSITIVE_INFINITY;
  #received = 0;
  #isEnding = false;
  #isClosed = false;
  /** A block of headers that comes in several frames. */
  #block: { stream: number; parts: Buffer[]; size: number; ends: boolean } | undefined;

  constructor({ endpoint, ...tls }: SessionOptions) {
    const { protocol, hostname, port } = new URL(endpoint);
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const isSecure = protocol === 'https:';
    const target = { host, port: Number(port || (isSecure ? 443 : 80)) };
    const socket = isSecure
      ? connectTls({ ...target, ...tls, ...(!isIP(host) && { servername: host }), ALPNProtocols: ['h2'] })
      : connectTcp(target);
    this.#socket = socket;
    this.#sender = new Sender(socket);
    socket.setNoDelay(true);
    socket.once('secureConnect', () => {
      if ((socket as TLSSocket).alpnProtocol !== 'h2') this.destroy(new Error('the peer does not speak HTTP/2'));
    });
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy(new Error('the connection was closed')));
    const settings = settingsFrame([
      [settingIds.enablePush, 0],
      [settingIds.initialWindowSize, streamWindow],
      [settingIds.maxFrameSize, maxFrame],
    ]);
    this.#sender.send(preface, settings, numberFrame(frameTypes.windowUpdate, 0, sessionWindow - defaultWindow));
  }

  /** Whether new streams can be opened. */
  get isOpen(): boolean {
    return !this.#isClosed && !this.#isEnding;
  }

  /** Streams that are open or wait to be. */
  get size(): number {
    return this.#streams.size + this.#waiting.length;
  }

  /** Returns how to send more of the body, and how to give up: then nothing more is heard of the stream. */
  open(opening: OpenStream, events: StreamEvents): { send(bytes: Uint8Array): void; cancel(): void } {
    const stream: Stream = { id: 0, events, window: 0, unsent: [], ends: opening.end, received: 0 };
    if (this.#streams.size >= this.#maxStreams) this.#waiting.push({ stream, opening });
    else this.#begin(stream, opening);
    return {
      send: (bytes) => {
        stream.unsent.push(Buffer.from(bytes));
        if (stream.id !== 0) this.#sender.sendData(stream);
      },
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other.stream !== stream);
        if (!this.#streams.has(stream.id)) return;
        this.#sender.send(numberFrame(frameTypes.resetStream, stream.id, errorCodes.cancel));
        this.#remove(stream);
      },
    };
  }

  /** Calls `answered` when the peer has answered. */
  ping(answered: () => void): void {
    this.#pings.push(answered);
    this.#sender.send(writeFrame({ type: frameTypes.ping }, Buffer.alloc(8)));
  }

  /** Ends the connection and all streams at once. */
  destroy(error: Error = new Error('the connection was closed')): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    const streams = [...this.#streams.values(), ...this.#waiting.map(({ stream }) => stream)];
    this.#streams.clear();
    this.#waiting = [];
    for (const { events } of streams) events.closed(error);
  }

  #begin(stream: Stream, { headers, body = [] }: OpenStream): void {
    stream.id = this.#nextId;
    this.#nextId += 2;
    // Ids are odd numbers of 31 bits.
    if (this.#nextId > maxWindow) this.#isEnding = true;
    this.#streams.set(stream.id, stream);
    this.#sender.begin(stream, headers, body);
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#frames.push(chunk)) {
        if (this.#isClosed) return;
        this.#handle(frame);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.destroy(error);
    }
  }

  #handle(frame: Frame): void {
    if (this.#block && frame.type !== frameTypes.continuation) throw new ProtocolError('headers that do not end');
    switch (frame.type) {
      case frameTypes.data:
        this.#data(frame);
        break;
      case frameTypes.headers:
        this.#block = { stream: frame.stream, parts: [], size: 0, ends: (frame.flags & flags.endStream) !== 0 };
        this.#headerPart(frame, content(frame));
        break;
      case frameTypes.continuation:
        this.#headerPart(frame, frame.payload);
        break;
      case frameTypes.resetStream:
        this.#close(frame.stream, new Error(`the stream was reset with code ${numberOf(frame)}`));
        break;
      case frameTypes.settings:
        this.#settings(frame);
        break;
      case frameTypes.ping:
        if (frame.flags & flags.ack) this.#pings.shift()?.();
        else this.#sender.send(writeFrame({ type: frameTypes.ping, flags: flags.ack }, frame.payload));
        break;
      case frameTypes.goAway:
        this.#goAway(numberOf(frame));
        break;
      case frameTypes.windowUpdate:
        this.#windowUpdate(frame.stream, numberOf(frame));
        break;
      case frameTypes.pushPromise:
        throw new ProtocolError('a push that nobody asked for');
    }
  }

  #data(frame: Frame): void {
    const size = frame.payload.length;
    this.#received += size;
    if (this.#received >= sessionWindow / 2) {
      this.#sender.send(numberFrame(frameTypes.windowUpdate, 0, this.#received));
      this.#received = 0;
    }
    const stream = this.#streams.get(frame.stream);
    if (!stream) return;
    if (size > 0) stream.events.data(content(frame));
    if (frame.flags & flags.endStream) {
      this.#close(stream.id, undefined);
      return;
    }
    stream.received += size;
    if (stream.received < streamWindow / 2 || !this.#streams.has(stream.id)) return;
    this.#sender.send(numberFrame(frameTypes.windowUpdate, stream.id, stream.received));
    stream.received = 0;
  }

  #headerPart({ stream, flags: set }: Frame, part: Buffer): void {
    const block = this.#block;
    if (!block || block.stream !== stream) throw new ProtocolError('headers of another stream');
    block.parts.push(part);
    block.size += part.length;
    if (block.size > maxHeaders) throw new ProtocolError('headers that are too large');
    if (!(set & flags.endHeaders)) return;
    this.#block = undefined;
    // Read in any case: what comes later refers to it.
    const headers = this.#headers.read(block.parts.length === 1 ? part : Buffer.concat(block.parts));
    this.#streams.get(stream)?.events.headers(headers);
    if (block.ends) this.#close(stream, undefined);
  }

  #settings({ flags: set, payload }: Frame): void {
    if (set & flags.ack) return;
    for (let at = 0; at + settingSize <= payload.length; at += settingSize) {
      const value = payload.readUInt32BE(at + 2);
      switch (payload.readUInt16BE(at)) {
        case settingIds.initialWindowSize:
          this.#sender.setInitialWindow(value, this.#streams.values());
          break;
        case settingIds.maxFrameSize:
          this.#sender.setFrameSize(value);
          break;
        case settingIds.maxConcurrentStreams:
          this.#maxStreams = value;
          break;
      }
    }
    this.#sender.send(writeFrame({ type: frameTypes.settings, flags: flags.ack }, Buffer.alloc(0)));
    this.#beginWaiting();
  }

  #windowUpdate(id: number, size: number): void {
    const stream = this.#streams.get(id);
    if (id === 0 || stream) this.#sender.grant(size, stream);
  }

  /** The peer takes no new streams, and none after `last`. */
  #goAway(last: number): void {
    this.#isEnding = true;
    const error = new Error('the peer is going away');
    for (const id of [...this.#streams.keys()]) if (id > last) this.#close(id, error);
    this.#failWaiting(error);
    this.#endWhenIdle();
  }

  #close(id: number, error: Error | undefined): void {
    const stream = this.#streams.get(id);
    if (!stream) return;
    this.#remove(stream);
    stream.events.closed(error);
  }

  #remove(stream: Stream): void {
    this.#streams.delete(stream.id);
    this.#sender.forget(stream);
    this.#beginWaiting();
    this.#endWhenIdle();
  }

  #beginWaiting(): void {
    while (this.isOpen && this.#waiting.length > 0 && this.#streams.size < this.#maxStreams) {
      const { stream, opening } = this.#waiting.shift() as Waiting;
      this.#begin(stream, opening);
    }
    if (this.#isEnding) this.#failWaiting(new Error('the connection takes no more streams'));
  }

  #failWaiting(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { stream } of waiting) stream.events.closed(error);
  }

  #endWhenIdle(): void {
    if (this.#isEnding && this.size === 0) this.destroy();
  }
}

/** Bytes of one setting. */
const settingSize = 6;

/** The number a frame's payload begins with; its first bit means nothing. */
function numberOf({ payload }: Frame): number {
  if (payload.length < 4) throw new ProtocolError('a frame that is too short');
  return payload.readUInt32BE() & maxWindow;
}
