import type { Pod, ServiceAccountTokenProjection, TokenRequestStatus } from '@t8s/api';
import type { Clock } from '@t8s/async';

export interface ServiceAccountTokensOptions {
  /** Asks the API server for a token bound to the pod. */
  request(pod: Pod, audiences: string[], expirationSeconds: number): Promise<TokenRequestStatus>;
  /** A token of this pod is due for renewal: its volumes are to be prepared again. */
  due(pod: Pod): void;
  clock: Clock;
}

interface Held {
  token: string;
  renewAt: number;
  cancel(): void;
}

const day = 24 * 3600_000;

/** Tokens of projected volumes, renewed at 80 % of their life or after a day, with a timer for each and no polling. */
export class ServiceAccountTokens {
  readonly #options: ServiceAccountTokensOptions;
  readonly #held = new Map<string, Map<string, Held>>();

  constructor(options: ServiceAccountTokensOptions) {
    this.#options = options;
  }

  async get(pod: Pod, { audience, expirationSeconds = 3607 }: ServiceAccountTokenProjection): Promise<string> {
    const { clock, request, due } = this.#options;
    const uid = pod.metadata.uid ?? '';
    const key = `${audience ?? ''} ${expirationSeconds}`;
    const current = this.#held.get(uid)?.get(key);
    if (current && clock.now() < current.renewAt) return current.token;
    current?.cancel();
    const { token, expirationTimestamp } = await request(pod, audience ? [audience] : [], expirationSeconds);
    const life = Date.parse(expirationTimestamp) - clock.now();
    const wait = Math.max(10_000, Math.min(life * 0.8, day));
    const ofPod = this.#held.get(uid) ?? new Map<string, Held>();
    this.#held.set(uid, ofPod.set(key, { token, renewAt: clock.now() + wait, cancel: clock.after(wait, () => due(pod)) }));
    return token;
  }

  forget(uid: string): void {
    for (const { cancel } of this.#held.get(uid)?.values() ?? []) cancel();
    this.#held.delete(uid);
  }
}
