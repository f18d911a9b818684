/**
 * gRPC, as much of it as etcd needs: unary calls and one kind of stream
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). A call costs a tenth of the CPU that it costs through
 * @grpc/grpc-js, and every write of the API is one.
 */
import { encodeHeaders, type Headers } from '../http2/hpack.ts';
import { Http2Session } from '../http2/session.ts';

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

/** One connection to one endpoint, opened when needed and again after it broke. Never repeats a call. */
export class GrpcChannel {
  readonly #options: GrpcChannelOptions;
  #session: Http2Session | undefined;
  #pings: NodeJS.Timeout | undefined;
  /** Heads of requests by what differs between them: few, from call to call the same. */
  readonly #heads = new Map<string, Buffer>();

  constructor(options: GrpcChannelOptions) {
    this.#options = options;
  }

  /** One message for one message. Throws GrpcError: Unavailable at once when nobody listens, DeadlineExceeded after `timeout` ms. */
  call(path: string, message: Uint8Array, timeout: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const answer = new Answer();
      const headers = this.#head(path, { 'grpc-timeout': `${Math.ceil(timeout)}m` });
      const stream = this.#connected().open(
        { headers, body: [headOf(message), message], end: true },
        {
          headers: (received) => answer.headers(received),
          data: (chunk) => void answer.chunks.push(chunk),
          closed(error) {
            clearTimeout(timer);
            const failure = answer.failure(error);
            if (failure) return reject(failure);
            const body = answer.chunks.length === 1 && answer.chunks[0] ? answer.chunks[0] : Buffer.concat(answer.chunks);
            resolve(body.subarray(frameHead));
          },
        },
      );
      const timer = setTimeout(() => {
        stream.cancel();
        reject(new GrpcError(grpcCode.deadlineExceeded, `no answer within ${timeout} ms`));
      }, timeout);
    });
  }

  /** A stream of messages both ways, until it breaks or is cancelled. */
  stream(path: string, metadata: Record<string, string>, handler: StreamHandler): GrpcStream {
    const answer = new Answer();
    const frames = new FrameReader((bytes) => handler.message(bytes));
    const stream = this.#connected().open(
      { headers: this.#head(path, metadata), end: false },
      {
        headers: (received) => answer.headers(received),
        data: (chunk) => frames.push(chunk),
        closed: (error) => handler.end(answer.failure(error) ?? new GrpcError(grpcCode.unavailable, 'the stream ended')),
      },
    );
    return {
      send: (message) => stream.send(Buffer.concat([headOf(message), message])),
      cancel(): void {
        frames.stop();
        stream.cancel();
      },
    };
  }

  /** Ends what is under way. */
  close(): void {
    this.#session?.destroy();
    clearInterval(this.#pings);
  }

  #head(path: string, metadata: Record<string, string>): Buffer {
    const id = JSON.stringify([path, metadata]);
    const known = this.#heads.get(id);
    if (known) return known;
    const { protocol, host } = new URL(this.#options.endpoint);
    const head = encodeHeaders({
      ':method': 'POST',
      ':scheme': protocol.slice(0, -1),
      ':path': path,
      ':authority': host,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...metadata,
    });
    if (this.#heads.size >= maxHeads) this.#heads.clear();
    this.#heads.set(id, head);
    return head;
  }

  #connected(): Http2Session {
    if (this.#session?.isOpen) return this.#session;
    const session = new Http2Session(this.#options);
    clearInterval(this.#pings);
    this.#pings = setInterval(() => this.#ping(session), pingEveryMs).unref();
    this.#session = session;
    return session;
  }

  #ping(session: Http2Session): void {
    if (!session.isOpen || session.size === 0) return;
    const silent = setTimeout(() => session.destroy(new Error('the peer fell silent')), pingTimeoutMs).unref();
    session.ping(() => clearTimeout(silent));
  }
}

const maxHeads = 100;

/** What a stream is answered with, and how it ended: the trailers say, or the head where there is no message. */
class Answer {
  readonly chunks: Buffer[] = [];
  #status: GrpcError | 'ok' | undefined;

  headers(received: Headers): void {
    const status = received[':status'];
    const code = received['grpc-status'];
    if (status !== undefined && status !== '200') this.#status ??= new GrpcError(grpcCode.unavailable, `HTTP status ${status}`);
    else if (code === '0') this.#status ??= 'ok';
    else if (code !== undefined) this.#status ??= new GrpcError(Number(code), decodeMessage(received['grpc-message'] ?? ''));
  }

  /** Undefined where the call went well. */
  failure(error: Error | undefined): GrpcError | undefined {
    if (this.#status === 'ok') return undefined;
    return this.#status ?? new GrpcError(grpcCode.unavailable, error?.message ?? 'the connection broke', error);
  }
}

/** Length of a frame's head: a byte for compression, four for the length. */
const frameHead = 5;

function headOf(message: Uint8Array): Buffer {
  const head = Buffer.allocUnsafe(frameHead);
  head[0] = 0;
  head.writeUInt32BE(message.length, 1);
  return head;
}

/** Cuts a stream of bytes into messages. */
class FrameReader {
  readonly #tell: (message: Buffer) => void;
  #isStopped = false;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(tell: (message: Buffer) => void) {
    this.#tell = tell;
  }

  /** Tells of no more messages. */
  stop(): void {
    this.#isStopped = true;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= frameHead && !this.#isStopped) {
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

/** Messages are percent-encoded; a server that doesn't is quoted as it is. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
