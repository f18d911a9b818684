import { type Logger, pino } from 'pino';

export type { Logger };

/** Keys that never reach a log line, wherever they stand in the logged object. */
const secretKeys = ['authorization', 'token', 'password', 'clientKey', 'privateKey', 'data', 'stringData'];

export interface LoggerOptions {
  component: string;
  /** klog-style verbosity: 0 info, 2 and above debug, 6 and above trace. */
  verbosity?: number;
  destination?: NodeJS.WritableStream;
}

/** A JSON line a fact on standard error: time (epoch ms), level, component, msg and the fields given. */
export function createLogger({ component, verbosity = 0, destination = process.stderr }: LoggerOptions): Logger {
  const level = verbosity >= 6 ? 'trace' : verbosity >= 2 ? 'debug' : 'info';
  return pino(
    { level, base: { component }, redact: { paths: secretKeys.flatMap((k) => [k, `*.${k}`, `*.*.${k}`]), censor: '[redacted]' } },
    destination,
  );
}

/** Swallows everything: for tests. */
export const silentLogger: Logger = pino({ level: 'silent' });
