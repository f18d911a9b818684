/** How commands fail: what they say on stderr, and the exit code. */
import { ConnectionError, UpgradeError } from '@t8s/client';
import { UsageError } from '@t8s/component';
import { type StatusCause, StatusError } from '@t8s/meta';

/** Ends the command with this text as it stands and the exit code; an empty text says nothing. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(text: string, exitCode = 1) {
    super(text);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

/** What went wrong with some of several objects: told together, when all have had their turn. */
export class Failures {
  readonly #errors: unknown[] = [];

  get any(): boolean {
    return this.#errors.length > 0;
  }

  add(error: unknown): void {
    if (!(error instanceof Failure || error instanceof StatusError)) throw error;
    this.#errors.push(error);
  }

  async attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  /** Throws where something was wrong. Several are told each on a line: with its `error:` in front where `text` leaves it there. */
  throwAny(text: (error: unknown) => string = textAmongOthers): void {
    if (this.#errors.length === 1) throw this.#errors[0];
    if (this.any) throw new Failure(this.#errors.map(text).join('\n'));
  }
}

/** `error: …` with the hint at the help of the command, as kubectl ends wrong usage. */
export const usageFailure = (path: string, message: string): Failure =>
  new Failure(`error: ${message}\nSee '${path} -h' for help and examples`);

/** Together with others, an error has no words of its own for wrong objects, and no `error:` in front. */
const textAmongOthers = (error: unknown): string =>
  error instanceof StatusError && error.reason === 'Invalid'
    ? `Error from server (Invalid): ${error.message}`
    : failureText(error).replace(/^error: /, '');

/** What kubectl prints for `error`. */
export function failureText(error: unknown): string {
  if (error instanceof Failure) return error.message;
  if (error instanceof StatusError) return statusText(error);
  if (error instanceof ConnectionError) return connectionText(error);
  if (error instanceof UsageError || error instanceof UpgradeError) return `error: ${error.message}`;
  throw error;
}

function statusText(error: StatusError): string {
  const { details, message = '', reason } = error.status;
  if (reason === 'Invalid') return invalidText(error);
  if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`;
  return reason ? `Error from server (${reason}): ${message}` : `Error from server: ${details === undefined ? message : message}`;
}

function invalidText({ status: { details, message = '' } }: StatusError): string {
  if (!details) return `The request is invalid${message === '' ? '' : `: ${message}`}`;
  const causes = details.causes ?? [];
  const about =
    details.kind || details.name ? `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid` : 'The request is invalid';
  if (causes.length === 0) return details.kind || details.name || message === '' ? about : `${about}: ${message}`;
  const texts = [...new Set(causes.map(causeText))];
  if (texts.length === 1) return `${about}: ${texts[0]}`;
  return [`${about}: `, ...texts.map((text) => `* ${text}`)].join('\n');
}

const causeText = ({ field, message }: StatusCause): string => (field ? `${field}: ${message}` : (message ?? ''));

function connectionText(error: ConnectionError): string {
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  const host = /https?:\/\/([^/]+)/.exec(error.message)?.[1] ?? '';
  if (cause?.code === 'ECONNREFUSED') return `The connection to the server ${host} was refused - did you specify the right host or port?`;
  return `Unable to connect to the server: ${cause?.message || error.message}`;
}

/** The error of an object that was read from a file: its message says so (kubectl's AddSourceToErr). */
export function withSource(error: unknown, verb: string, source: string): unknown {
  if (!(error instanceof StatusError) || source === '') return error;
  return reworded(error, (message) => `error when ${verb} "${source}": ${message}`);
}

/** The same Status in other words. */
export const reworded = (error: StatusError, words: (message: string) => string): StatusError =>
  new StatusError({ ...error.status, message: words(error.message) });
