import type { Io } from './io.ts';

/** The terminal and environment of this process. */
export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr, stdin, env } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    stdin,
    env,
    now: () => Date.now(),
    signal,
    ...(stdout.isTTY && { terminal: { columns: stdout.columns, rows: stdout.rows } }),
  };
}
