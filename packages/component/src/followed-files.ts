import type { Logger } from '@t8s/telemetry';
import { Held } from './held.ts';
import { UsageError } from './main.ts';
import { watchFiles } from './watched-files.ts';

export interface FollowedFiles<T> {
  files: readonly string[];
  /** Throws UsageError for what can't be used. */
  read(): T;
  log: Logger;
  signal: AbortSignal;
}

/** What the files hold, now and whenever they change; while that can't be used, what was there before. Throws as `read` does. */
export function followFiles<T>({ files, read, log, signal }: FollowedFiles<T>): Held<T> {
  const held = new Held(read());
  const look = (): void => {
    try {
      const found = read();
      if (JSON.stringify(found) === JSON.stringify(held.current)) return;
      held.set(found);
      log.info({ files }, 'files have changed, and are in use');
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      log.warn({ reason: error.message }, 'files have changed, but can not be used');
    }
  };
  watchFiles(files, look, signal);
  return held;
}
