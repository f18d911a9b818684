/**
 * gRPC over node:http2, as much of it as etcd needs: unary calls and one kind of stream
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). A call costs a third of the CPU that it costs through
 * @grpc/grpc-js, and every write of the API is one.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from 'node:http2';

export interface GrpcChannelOptions {
  /** `https://host:port`, or `http:` without TLS. */
  endpoint: string;
  /** PEM texts. */
  ca?: string;
  cert?: string;
  key?: string;
}

export interface GrpcStream {
  send(message: Uint8Array): void;
  cancel(): void;
}

export interface StreamHandler {
  message(bytes: Buffer): void;
  /** Once, unless the stream is cancelled. */
  end(error: GrpcError): void;
}

/** How a call failed: one of gRPC's codes, with the server's words. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: number;

  constructor(code: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** https://grpc.io/docs/guides/status-codes/ */
export const grpcCode = { invalidArgument: 3, deadlineExceeded: 4, notFound: 5, resourceExhausted: 8, outOfRange: 11, unavailable: 14 };

/** A peer that went without a word is found out within the sum of both. etcd refuses more than one ping in 5 s. Milliseconds. */
const pingEveryMs = 10_000;
const pingTimeoutMs = 5000;
/** Receive windows, so that a page of a list doesn't wait for window updates. Bytes. */
const streamWindow = 4 * 1024 * 1024;
const sessionWindow = 16 * 1024 * 1024;

/** One connection to one endpoint, opened when needed and again after it broke. Never repeats a call. */
export class GrpcChannel {
  readonly #options: GrpcChannelOptions;
  #session: ClientHttp2Session | undefined;
  #open = 0;

  constructor(options: GrpcChannelOptions) {
    this.#options = options;
  }

  /** One message for one message. Throws GrpcError: Unavailable at once when nobody listens, DeadlineExceeded after `timeout` ms. */
  call(path: string, message: Uint8Array, timeout: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const stream = this.#request(path, { 'grpc-timeout': `${Math.ceil(timeout)}m` });
      const chunks: Buffer[] = [];
      let status: GrpcError | 'ok' | undefined;
      const timer = setTimeout(() => {
        status ??= new GrpcError(grpcCode.deadlineExceeded, `no answer within ${timeout} ms`);
        stream.close(constants.NGHTTP2_CANCEL);
      }, timeout);
      onStatus(stream, (got) => {
        status ??= got;
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('close', () => {
        clearTimeout(timer);
        if (status !== 'ok') return reject(status ?? new GrpcError(grpcCode.unavailable, 'the connection broke'));
        const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
        resolve(body.subarray(frameHead));
      });
      stream.end(frame(message));
    });
  }

  /** A stream of messages both ways, until it breaks or is cancelled. */
  stream(path: string, metadata: Record<string, string>, handler: StreamHandler): GrpcStream {
    const stream = this.#request(path, metadata);
    let status: GrpcError | 'ok' | undefined;
    let isCancelled = false;
    const frames = new FrameReader((bytes) => {
      if (!isCancelled) handler.message(bytes);
    });
    onStatus(stream, (got) => {
      status ??= got;
    });
    stream.on('data', (chunk: Buffer) => frames.push(chunk));
    stream.once('close', () => {
      if (isCancelled) return;
      handler.end(status instanceof GrpcError ? status : new GrpcError(grpcCode.unavailable, 'the stream ended'));
    });
    return {
      send: (message) => void stream.write(frame(message)),
      cancel(): void {
        isCancelled = true;
        stream.close(constants.NGHTTP2_CANCEL);
      },
    };
  }

  /** Ends what is under way. */
  close(): void {
    this.#session?.destroy();
  }

  #request(path: string, metadata: Record<string, string>): ClientHttp2Stream {
    const stream = this.#connected().request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...metadata,
    });
    this.#open += 1;
    stream.once('close', () => {
      this.#open -= 1;
    });
    return stream;
  }

  #connected(): ClientHttp2Session {
    const known = this.#session;
    if (known && !known.closed && !known.destroyed) return known;
    const { endpoint, ...tls } = this.#options;
    const session = connect(endpoint, {
      ...tls,
      settings: { enablePush: false, initialWindowSize: streamWindow },
      // In MB: the default cuts streams off when a few large answers come at once.
      maxSessionMemory: 1024,
    });
    // Each stream hears of it by its own error.
    session.on('error', () => session.destroy());
    session.once('connect', () => session.setLocalWindowSize(sessionWindow));
    const pings = setInterval(() => this.#ping(session), pingEveryMs).unref();
    session.once('close', () => clearInterval(pings));
    this.#session = session;
    return session;
  }

  #ping(session: ClientHttp2Session): void {
    if (this.#open === 0 || session.destroyed) return;
    const silent = setTimeout(() => session.destroy(), pingTimeoutMs).unref();
    session.ping(() => clearTimeout(silent));
  }
}

/** Length of a frame's head: a byte for compression, four for the length. */
const frameHead = 5;

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(frameHead + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, frameHead);
  return framed;
}

/** Cuts a stream of bytes into messages. */
class FrameReader {
  readonly #tell: (message: Buffer) => void;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(tell: (message: Buffer) => void) {
    this.#tell = tell;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= frameHead) {
      let first = this.#chunks[0] as Buffer;
      if (first.length < frameHead) first = this.#joined();
      const end = frameHead + first.readUInt32BE(1);
      if (this.#size < end) return;
      if (first.length < end) first = this.#joined();
      this.#size -= end;
      if (first.length === end) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(end);
      this.#tell(first.subarray(frameHead, end));
    }
  }

  #joined(): Buffer {
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}

/** Tells how a stream ended as soon as it is known: by the trailers, by the head where there is no message, or by an error. */
function onStatus(stream: ClientHttp2Stream, tell: (status: GrpcError | 'ok') => void): void {
  const read = (headers: IncomingHttpHeaders): void => {
    const code = headers['grpc-status'];
    if (code === undefined) return;
    if (code === '0') tell('ok');
    else tell(new GrpcError(Number(code), decodeMessage(String(headers['grpc-message'] ?? ''))));
  };
  stream.once('response', (headers) => {
    if (headers[':status'] !== 200) tell(new GrpcError(grpcCode.unavailable, `HTTP status ${headers[':status']}`));
    else read(headers);
  });
  stream.once('trailers', read);
  stream.on('error', (error) => tell(new GrpcError(grpcCode.unavailable, error.message, error)));
}

/** Messages are percent-encoded; a server that doesn't is quoted as it is. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
