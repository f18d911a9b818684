/** The apiserver was not reached, or the connection broke: worth another try. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** The operating system's code, where there is one: ECONNREFUSED, ECONNRESET … */
  readonly code: string | undefined;

  constructor(message: string, { cause }: { cause: unknown }) {
    super(message, { cause });
    this.code = (cause as NodeJS.ErrnoException | undefined)?.code;
  }
}
