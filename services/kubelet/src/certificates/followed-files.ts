import { UsageError, watchFiles } from '@t8s/component';
import type { Logger } from '@t8s/telemetry';
import { HeldCertificate } from './held-certificate.ts';

export interface FollowedFiles<T> {
  files: readonly string[];
  /** Throws UsageError for what can't be used. */
  read(): T;
  log: Logger;
  signal: AbortSignal;
}

/** What the files hold, now and whenever they change; while that can't be used, what was there before. Throws as `read` does. */
export function followFiles<T>({ files, read, log, signal }: FollowedFiles<T>): HeldCertificate<T> {
  const held = new HeldCertificate(read());
  const look = (): void => {
    try {
      const found = read();
      if (JSON.stringify(found) !== JSON.stringify(held.current)) held.set(found);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      log.warn({ reason: error.message }, 'certificates have changed, but can not be used');
    }
  };
  watchFiles(files, look, signal);
  return held;
}
