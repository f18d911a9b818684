/** What `up` and `down` show: a line a step, with the time it took. */

export interface ProgressOptions {
  out: { write(text: string): unknown };
  /** Colours and a line that changes while a step runs; plain finished lines otherwise. */
  isTerminal: boolean;
  now?: () => number;
}

/** Says on the running step's line what is being waited for (terminals only). */
export type Note = (text: string) => void;

export class Progress {
  readonly #options: Required<ProgressOptions>;

  constructor(options: ProgressOptions) {
    this.#options = { now: Date.now, ...options };
  }

  /** Runs a step and shows how it ends. A text that the step returns is shown behind its title. */
  async step<T>(title: string, work: (note: Note) => Promise<T>): Promise<T> {
    const { now, isTerminal } = this.#options;
    const start = now();
    const note = (text: string): void => {
      if (isTerminal) this.#write(`\r\u001B[K  … ${title}${text === '' ? '' : ` \u001B[2m${text}\u001B[0m`}`);
    };
    note('');
    try {
      const result = await work(note);
      this.#finish('✓', 32, `${title}${typeof result === 'string' ? `: ${result}` : ''}`, now() - start);
      return result;
    } catch (error) {
      this.#finish('✗', 31, title, now() - start);
      throw error;
    }
  }

  /** A line that is not a step. */
  say(text: string): void {
    this.#write(`${text}\n`);
  }

  #finish(mark: string, colour: number, text: string, milliseconds: number): void {
    const time = `${(milliseconds / 1000).toFixed(1)} s`;
    if (this.#options.isTerminal) this.#write(`\r\u001B[K\u001B[${colour}m${mark}\u001B[0m ${text} \u001B[2m${time}\u001B[0m\n`);
    else this.#write(`${mark} ${text} (${time})\n`);
  }

  #write(text: string): void {
    this.#options.out.write(text);
  }
}
