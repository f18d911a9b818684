import { type WebSocket, WebSocketServer } from 'ws';
import type { ResourceContext } from '../../context.ts';
import type { WatchOutlet } from './watch-stream.ts';

/** Clients have nothing to say in a watch. */
const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: 1024 });

/** How long a client may take to answer that the watch is over. Milliseconds. */
const closeMs = 2000;

export const asksForWebSocket = ({ request, upgrade }: ResourceContext): boolean =>
  upgrade !== undefined && request.headers.upgrade?.toLowerCase() === 'websocket';

/** A watch over a WebSocket, a message an event: what programs in browsers use. */
export class WatchSocket implements WatchOutlet {
  readonly #socket: WebSocket | undefined;
  readonly #context: ResourceContext;
  readonly #maxUnsent: () => number;

  /** Answers the handshake; one that can't be answered is refused, and the watch closed from the start. */
  constructor(context: ResourceContext, maxUnsent: () => number) {
    this.#context = context;
    this.#maxUnsent = maxUnsent;
    const { request, response, upgrade } = context;
    if (!upgrade) return;
    let accepted: WebSocket | undefined;
    // From here on the connection is no answer any more.
    response.detachSocket(request.socket);
    server.handleUpgrade(request, upgrade.socket, upgrade.head, (socket) => {
      accepted = socket;
    });
    accepted?.on('error', () => accepted?.terminate());
    this.#socket = accepted;
  }

  write(lines: Buffer): boolean {
    const socket = this.#socket;
    if (!socket || !this.isOpen) return false;
    if (socket.bufferedAmount > this.#maxUnsent()) {
      socket.terminate();
      return false;
    }
    for (const line of lines.toString().split('\n')) if (line !== '') socket.send(`${line}\n`);
    return !this.#context.request.socket.writableNeedDrain;
  }

  onceTaken(go: () => void): void {
    this.#context.request.socket.once('drain', go);
  }

  cutOff(): void {
    this.#socket?.terminate();
  }

  end(): void {
    const socket = this.#socket;
    if (!socket) return;
    socket.close();
    const timer = setTimeout(() => socket.terminate(), closeMs).unref();
    socket.once('close', () => clearTimeout(timer));
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && this.#socket.readyState === this.#socket.OPEN;
  }

  onceClosed(done: () => void): void {
    if (!this.#socket || this.#socket.readyState === this.#socket.CLOSED) done();
    else this.#socket.once('close', done);
  }
}
