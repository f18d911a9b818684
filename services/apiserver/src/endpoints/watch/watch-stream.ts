import type { ServerResponse } from 'node:http';
import type { ResourceContext } from '../../context.ts';
import { writeHead } from '../../negotiation/answer.ts';

/** Where the lines of a watch go. */
export interface WatchOutlet {
  /** Whether more may follow at once. A client that reads much slower than events come is cut off; it lists and watches anew. */
  write(lines: Buffer): boolean;
  /** Calls `go` when what was written is taken; never where the client is gone. */
  onceTaken(go: () => void): void;
  /** Ends at once. */
  cutOff(): void;
  /** Ends in order. */
  end(): void;
  /** Calls `done` when nobody listens any more; at once if that is so already. */
  onceClosed(done: () => void): void;
}

/** Chunks by the lines they hold: what goes to many sockets is framed once. */
const chunks = new WeakMap<Buffer, Buffer>();
const lineEnd = Buffer.from('\r\n');

/**
 * The answer of a watch. Its chunks (RFC 9112, 7.1) are written to the socket as they are: through the response each would
 * cost several times as much.
 */
export class WatchStream implements WatchOutlet {
  readonly #response: ServerResponse;
  readonly #maxUnsent: () => number;

  constructor(context: ResourceContext, maxUnsent: () => number) {
    this.#response = context.response;
    this.#maxUnsent = maxUnsent;
    writeHead(context, 200, 'application/json');
    this.#response.setHeader('Transfer-Encoding', 'chunked');
    this.#response.flushHeaders();
  }

  write(lines: Buffer): boolean {
    const { socket } = this.#response;
    if (!socket || socket.destroyed || this.#response.writableEnded) return false;
    if (socket.writableLength > this.#maxUnsent()) {
      socket.destroy();
      return false;
    }
    let chunk = chunks.get(lines);
    if (!chunk) {
      chunk = Buffer.concat([Buffer.from(`${lines.length.toString(16)}\r\n`), lines, lineEnd]);
      chunks.set(lines, chunk);
    }
    return socket.write(chunk);
  }

  onceTaken(go: () => void): void {
    this.#response.socket?.once('drain', go);
  }

  cutOff(): void {
    this.#response.socket?.destroy();
  }

  end(): void {
    if (!this.#response.writableEnded) this.#response.end();
  }

  onceClosed(done: () => void): void {
    if (this.#response.destroyed) done();
    else this.#response.once('close', done);
  }
}
