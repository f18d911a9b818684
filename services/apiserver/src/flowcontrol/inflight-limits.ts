import { tooManyRequests } from '@t8s/meta';
import type { RequestContext } from '../context.ts';
import { isLongRunning } from '../request-info.ts';

/** How many at a time; 0 is no limit. */
export interface LimitOptions {
  /** --max-requests-inflight: reads. */
  readOnly: number;
  /** --max-mutating-requests-inflight. */
  mutating: number;
  /** --max-watches: of everybody. */
  watches: number;
  /** --max-watches-per-user. */
  watchesPerUser: number;
}

/** A watch counts once more for every so many characters of its address: giant selectors are kept as long as it lasts. */
const charactersPerWatch = 16_384;

/** How many requests are served at a time. Administrators always get in: they are who mends an overload. */
export class InflightLimits {
  readonly #limits: LimitOptions;
  #readOnly = 0;
  #mutating = 0;
  #watches = 0;
  readonly #watchesOf = new Map<string, number>();

  constructor(limits: LimitOptions) {
    this.#limits = limits;
  }

  get inFlight(): { readOnly: number; mutating: number } {
    return { readOnly: this.#readOnly, mutating: this.#mutating };
  }

  /** Counts the request in. Returns what counts it out. Throws TooManyRequests. */
  enter(context: RequestContext): () => void {
    const { info, user } = context;
    const isAdmin = user.groups.includes('system:masters');
    if (info.verb === 'watch') return this.#enterWatch(context, isAdmin);
    // What lasts as long as its client wants is no load to be limited.
    if (isLongRunning(info) || isAdmin) return () => undefined;
    const isRead = ['get', 'list', 'head', 'options'].includes(info.verb);
    const [count, limit] = isRead ? [this.#readOnly, this.#limits.readOnly] : [this.#mutating, this.#limits.mutating];
    if (isReached(count, limit)) throw tooManyRequests('Too many requests, please try again later.', 1);
    this.#add(isRead, 1);
    return () => this.#add(isRead, -1);
  }

  #enterWatch({ request: { url = '' }, user: { name } }: RequestContext, isAdmin: boolean): () => void {
    const { watches, watchesPerUser } = this.#limits;
    if (!isAdmin && isReached(this.#watches, watches))
      throw tooManyRequests(`Too many watches: the server takes ${watches} at a time, please try again later.`, 1);
    if (!isAdmin && isReached(this.#watchesOf.get(name) ?? 0, watchesPerUser))
      throw tooManyRequests(`Too many watches: user ${JSON.stringify(name)} may have ${watchesPerUser} at a time.`, 1);
    const weight = Math.ceil(url.length / charactersPerWatch);
    this.#addWatch(name, weight);
    return () => this.#addWatch(name, -weight);
  }

  #addWatch(user: string, n: number): void {
    this.#watches += n;
    const own = (this.#watchesOf.get(user) ?? 0) + n;
    if (own > 0) this.#watchesOf.set(user, own);
    else this.#watchesOf.delete(user);
  }

  #add(isRead: boolean, n: number): void {
    if (isRead) this.#readOnly += n;
    else this.#mutating += n;
  }
}

const isReached = (count: number, limit: number): boolean => limit > 0 && count >= limit;
