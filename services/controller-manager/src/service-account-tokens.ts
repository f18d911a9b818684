/** The identity of one controller: a service account of kube-system, so that roles can say what each controller may do. */
import { type ServiceAccount, serviceAccountKind, type TokenRequestStatus } from '@t8s/api';
import type { Clock } from '@t8s/async';
import { type Client, requestToken, type TokenSource } from '@t8s/client';
import { isStatus } from '@t8s/meta';

const namespace = 'kube-system';
/** What is asked for, and the share of it after which another is asked for. Seconds. */
const lifetime = 3600;
const renewAfter = 0.8;

export interface ServiceAccountTokensOptions {
  /** May make service accounts and their tokens. */
  client: Client;
  /** The service account; made where it is missing. */
  name: string;
  clock: Clock;
}

export class ServiceAccountTokens implements TokenSource {
  readonly #options: ServiceAccountTokensOptions;
  /** One request for all who wait. */
  #token: Promise<string> | undefined;
  #latest = '';
  #renewAt = 0;

  constructor(options: ServiceAccountTokensOptions) {
    this.#options = options;
  }

  get(): Promise<string> {
    if (this.#options.clock.now() >= this.#renewAt) this.#token = undefined;
    this.#token ??= this.#renew();
    return this.#token;
  }

  refused(token: string): void {
    if (token === this.#latest) this.#token = undefined;
  }

  #renew(): Promise<string> {
    this.#renewAt = this.#options.clock.now() + lifetime * renewAfter * 1000;
    const asked = this.#ask();
    asked.then(
      (token) => {
        this.#latest = token;
      },
      // What failed is asked again by the next one who needs it; who waits now is told.
      () => {
        if (this.#token === asked) this.#token = undefined;
      },
    );
    return asked;
  }

  async #ask(): Promise<string> {
    const { client, name } = this.#options;
    const request = (): Promise<TokenRequestStatus> =>
      requestToken(client, { namespace, name }, { audiences: [], expirationSeconds: lifetime });
    const { token } = await request().catch(async (error: unknown) => {
      if (!isStatus(error, 'NotFound')) throw error;
      const account = { metadata: { namespace, name } };
      await client
        .resource<ServiceAccount>(serviceAccountKind)
        .create(account)
        .catch((cause: unknown) => {
          if (!isStatus(cause, 'AlreadyExists')) throw cause;
        });
      return request();
    });
    return token;
  }
}
