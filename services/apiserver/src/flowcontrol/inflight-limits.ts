import { tooManyRequests } from '@t8s/meta';
import type { RequestContext } from '../context.ts';
import { isLongRunning } from '../request-info.ts';

export interface LimitOptions {
  /** --max-requests-inflight: reads at a time; 0 is no limit. */
  readOnly: number;
  /** --max-mutating-requests-inflight. */
  mutating: number;
}

/** How many requests are served at a time. Administrators always get in: they are who mends an overload. */
export class InflightLimits {
  readonly #limits: LimitOptions;
  #readOnly = 0;
  #mutating = 0;

  constructor(limits: LimitOptions) {
    this.#limits = limits;
  }

  /** Counts the request in. Returns what counts it out. Throws TooManyRequests. */
  enter({ info, user }: RequestContext): () => void {
    // What lasts as long as its client wants is no load to be limited.
    if (isLongRunning(info) || user.groups.includes('system:masters')) return () => undefined;
    const isRead = ['get', 'list', 'head', 'options'].includes(info.verb);
    const [count, limit] = isRead ? [this.#readOnly, this.#limits.readOnly] : [this.#mutating, this.#limits.mutating];
    if (limit > 0 && count >= limit) throw tooManyRequests('Too many requests, please try again later.', 1);
    this.#add(isRead, 1);
    return () => this.#add(isRead, -1);
  }

  #add(isRead: boolean, n: number): void {
    if (isRead) this.#readOnly += n;
    else this.#mutating += n;
  }
}
