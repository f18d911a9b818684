import type { TerminalSize } from '../runtime/container-streams.ts';

/** What a client said about its terminal; the latest is kept, since it comes before the process is there. */
export class TerminalSizes {
  readonly #listeners: ((size: TerminalSize) => void)[] = [];
  #last: TerminalSize | undefined;

  set(size: TerminalSize): void {
    this.#last = size;
    for (const listener of this.#listeners) listener(size);
  }

  listen(listener: (size: TerminalSize) => void): void {
    this.#listeners.push(listener);
    if (this.#last) listener(this.#last);
  }
}

/** Undefined for what is no size. */
export function parseSize(text: string): TerminalSize | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(text) as { Width?: number; Height?: number };
    return width && height ? { width, height } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
