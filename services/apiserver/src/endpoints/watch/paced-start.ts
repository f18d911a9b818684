import type { WatchOutlet } from './watch-stream.ts';

/** Lines go out in writes of about this. Bytes. */
const batchSize = 256 * 1024;

/** Writes what a watch begins with no faster than its client takes it, however much it is; what comes meanwhile follows. */
export class PacedStart {
  readonly #outlet: WatchOutlet;
  readonly #maxUnsent: () => number;
  #first: Iterator<Buffer> | undefined;
  #behind: Buffer[] = [];
  #behindSize = 0;

  constructor(outlet: WatchOutlet, maxUnsent: () => number) {
    this.#outlet = outlet;
    this.#maxUnsent = maxUnsent;
  }

  begin(lines: Iterable<Buffer>): void {
    this.#first = lines[Symbol.iterator]();
    this.#goOn();
  }

  write(lines: Buffer): void {
    if (!this.#first) {
      this.#outlet.write(lines);
      return;
    }
    this.#behind.push(lines);
    this.#behindSize += lines.length;
    if (this.#behindSize > this.#maxUnsent()) this.#outlet.cutOff();
  }

  #goOn(): void {
    while (this.#first) {
      const lines = this.#batch(this.#first);
      if (lines.length > 0 && !this.#outlet.write(lines)) {
        this.#outlet.onceTaken(() => this.#goOn());
        return;
      }
    }
  }

  /** The next lines; with the last of the beginning comes what waits behind it. */
  #batch(first: Iterator<Buffer>): Buffer {
    const lines: Buffer[] = [];
    for (let size = 0; size < batchSize; ) {
      const { done, value } = first.next();
      if (done) {
        this.#first = undefined;
        lines.push(...this.#behind);
        this.#behind = [];
        break;
      }
      lines.push(value);
      size += value.length;
    }
    return lines.length === 1 && lines[0] ? lines[0] : Buffer.concat(lines);
  }
}
