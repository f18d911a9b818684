/** The sending half of a connection: frames of all streams within the windows that the peer grants. */
import type { Socket } from 'node:net';
import { defaultFrameSize, defaultWindow, flags, frameTypes, headSize, writeFrame, writeHead } from './frames.ts';

/** What a stream has still to send. */
export interface Outgoing {
  id: number;
  /** What the peer still takes. Bytes. */
  window: number;
  /** Bytes that wait for the peer to take them. */
  unsent: Buffer[];
  /** The last of them ends the stream. */
  ends: boolean;
}

/** What is sent in one turn of the event loop goes out in one write. */
export class Sender {
  readonly #socket: Socket;
  /** Streams whose bytes wait for a window. */
  readonly #blocked = new Set<Outgoing>();
  #output: Buffer[] = [];
  #window = defaultWindow;
  #initialWindow = defaultWindow;
  #frameSize = defaultFrameSize;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(...frames: Buffer[]): void {
    if (this.#output.length === 0) setImmediate(() => this.#flush());
    this.#output.push(...frames);
  }

  /** Begins a stream; most bodies go with the head. */
  begin(stream: Outgoing, headers: Buffer, body: readonly Uint8Array[]): void {
    const { id } = stream;
    stream.window = this.#initialWindow;
    let size = 0;
    for (const part of body) size += part.length;
    const fits = body.length > 0 && stream.unsent.length === 0 && size <= Math.min(this.#frameSize, stream.window, this.#window);
    const bytes = Buffer.allocUnsafe(headSize + headers.length + (fits ? headSize + size : 0));
    let at = writeHead(bytes, 0, { type: frameTypes.headers, flags: flags.endHeaders, stream: id, length: headers.length });
    bytes.set(headers, at);
    at += headers.length;
    if (fits) {
      at = writeHead(bytes, at, { type: frameTypes.data, flags: stream.ends ? flags.endStream : 0, stream: id, length: size });
      for (const part of body) {
        bytes.set(part, at);
        at += part.length;
      }
      this.#take(stream, size);
    } else if (body.length > 0) stream.unsent.unshift(Buffer.concat(body));
    this.send(bytes);
    this.sendData(stream);
  }

  /** Sends what the windows allow. */
  sendData(stream: Outgoing): void {
    for (let next = stream.unsent[0]; next; next = stream.unsent[0]) {
      const size = Math.min(next.length, this.#frameSize, stream.window, this.#window);
      if (size <= 0 && next.length > 0) {
        this.#blocked.add(stream);
        return;
      }
      this.#take(stream, size);
      if (size === next.length) stream.unsent.shift();
      else stream.unsent[0] = next.subarray(size);
      const isLast = stream.ends && stream.unsent.length === 0;
      this.send(writeFrame({ type: frameTypes.data, flags: isLast ? flags.endStream : 0, stream: stream.id }, next.subarray(0, size)));
    }
    this.#blocked.delete(stream);
  }

  forget(stream: Outgoing): void {
    this.#blocked.delete(stream);
  }

  /** The peer takes so many bytes more: of `stream`, or of all together. */
  grant(size: number, stream?: Outgoing): void {
    if (stream) stream.window += size;
    else this.#window += size;
    this.#unblock();
  }

  /** Streams begin with this window; those that are open get the difference. */
  setInitialWindow(size: number, open: Iterable<Outgoing>): void {
    for (const stream of open) stream.window += size - this.#initialWindow;
    this.#initialWindow = size;
    this.#unblock();
  }

  setFrameSize(size: number): void {
    this.#frameSize = size;
  }

  #take(stream: Outgoing, size: number): void {
    stream.window -= size;
    this.#window -= size;
  }

  #unblock(): void {
    for (const stream of this.#blocked) this.sendData(stream);
  }

  #flush(): void {
    const output = this.#output;
    this.#output = [];
    if (!this.#socket.destroyed) this.#socket.write(output.length === 1 && output[0] ? output[0] : Buffer.concat(output));
  }
}
