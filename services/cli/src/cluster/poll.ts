import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from './setup-error.ts';

export interface PollOptions {
  /** What is waited for, as the error names it. */
  what: string;
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal;
  /** What to do about it when the time is over. */
  remedy?: string;
}

const interval = 200;

/** Asks until `check` returns no reason to wait on. Throws SetupError with the last reason when the time is over. */
export async function poll({ what, timeout, signal, remedy }: PollOptions, check: () => Promise<string | undefined>): Promise<void> {
  const end = Date.now() + timeout;
  for (;;) {
    const why = await check();
    if (why === undefined) return;
    if (Date.now() > end)
      throw new SetupError({ what, why: `${why} after ${Math.round(timeout / 1000)} s`, ...(remedy !== undefined && { remedy }) });
    await delay(interval, undefined, signal ? { signal } : {});
  }
}
