import { Duplex } from 'node:stream';

/** Two ends of a connection in memory, with the back-pressure of a real one. */
export function duplexPair(): [Duplex, Duplex] {
  const [a, b] = [new End(), new End()];
  a.peer = b;
  b.peer = a;
  return [a, b];
}

class End extends Duplex {
  peer: End | undefined;
  #taken: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 16 * 1024 });
  }

  override _read(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.peer || this.peer.destroyed) return void done();
    if (this.peer.push(data)) setImmediate(done);
    else this.peer.#taken = done;
  }

  override _final(done: () => void): void {
    this.peer?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.peer && !this.peer.destroyed) this.peer.destroy();
    done(error);
  }
}
