/** What every daemon does around its own work: read flags, log, end on a signal, exit with a code that says why. */
import { setMaxListeners } from 'node:events';
import { createLogger, type Logger } from '@t8s/telemetry';

/** A failure that the person who started the process can mend: one line, no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface MainContext {
  /** Aborts on SIGTERM and SIGINT. */
  signal: AbortSignal;
  log: Logger;
}

/**
 * Runs a daemon until its promise settles. Exit code 0 when it ends, 2 on a UsageError, 1 on any other error;
 * a second signal ends the process at once.
 */
export async function runMain(component: string, verbosity: number, run: (context: MainContext) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  // Whatever the process runs ends by this signal: many listeners are no leak.
  setMaxListeners(0, abort.signal);
  const log = createLogger({ component, verbosity });
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (abort.signal.aborted) process.exit(1);
      log.info({ signal: name }, 'shutting down');
      abort.abort();
    });
  }
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
  try {
    await run({ signal: abort.signal, log });
    process.exit(0);
  } catch (error) {
    if (abort.signal.aborted) process.exit(0);
    process.exit(report(component, log, error));
  }
}

function report(component: string, log: Logger, error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${component}: ${error.message}\n`);
    return 2;
  }
  log.fatal({ err: error }, 'failed');
  return 1;
}
