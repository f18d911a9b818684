/** The certificate we serve with, and whose certificates we believe: files that are read again when they change. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { CertificateError, type KeyPair, readCertificates } from '@t8s/auth';
import { type FlagSpec, type Flags, UsageError, watchFiles } from '@t8s/component';
import type { Logger } from '@t8s/telemetry';

export const servingFlags = {
  'tls-cert-file': { type: 'string', required: true, help: 'serving certificate' },
  'tls-private-key-file': { type: 'string', required: true, help: 'key of the serving certificate' },
  'client-ca-file': { type: 'string', required: true, help: 'CA whose client certificates are users' },
  'requestheader-client-ca-file': { type: 'string', help: 'CA of front proxies, for extension apiservers' },
} as const satisfies Record<string, FlagSpec>;

/** PEM texts. */
export interface Trust {
  /** Whose certificates are users, and whose are front proxies. */
  clientCa: string;
  requestHeaderCa: string | undefined;
}

export interface Serving extends Trust {
  tls: KeyPair;
}

export class ServingFiles {
  readonly #flags: Flags<typeof servingFlags>;
  #current: Serving;

  /** Throws UsageError naming the flag, the file and what is wrong with it. */
  constructor(flags: Flags<typeof servingFlags>) {
    this.#flags = flags;
    this.#current = this.#read();
  }

  get current(): Serving {
    return this.#current;
  }

  /** Calls `changed` when other files that can be used are there; with what can't, what was there goes on. */
  follow(changed: (serving: Serving) => void, { signal, log }: { signal: AbortSignal; log: Logger }): void {
    const look = (): void => {
      try {
        const found = this.#read();
        if (JSON.stringify(found) === JSON.stringify(this.#current)) return;
        this.#current = found;
        changed(found);
        log.info('certificates have changed, and are in use');
      } catch (error) {
        log.warn({ err: error }, 'certificates have changed, but can not be used');
      }
    };
    watchFiles(
      Object.keys(servingFlags).flatMap((name) => this.#flags[name as keyof typeof servingFlags] ?? []),
      look,
      signal,
    );
  }

  #read(): Serving {
    const ca = this.#flags['requestheader-client-ca-file'];
    return {
      tls: this.#keyPair(),
      clientCa: this.#bundle('client-ca-file'),
      requestHeaderCa: ca && this.#bundle('requestheader-client-ca-file'),
    };
  }

  #text(flag: keyof typeof servingFlags): string {
    const path = this.#flags[flag] ?? '';
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new UsageError(`--${flag}: cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  #bundle(flag: keyof typeof servingFlags): string {
    const pem = this.#text(flag);
    try {
      readCertificates(pem);
      return pem;
    } catch (error) {
      if (error instanceof CertificateError) throw new UsageError(`--${flag}: ${this.#flags[flag]}: ${error.message}`);
      throw error;
    }
  }

  #keyPair(): KeyPair {
    const pair = { cert: this.#bundle('tls-cert-file'), key: this.#text('tls-private-key-file') };
    const { 'tls-private-key-file': key, 'tls-cert-file': cert } = this.#flags;
    try {
      createSecureContext(pair);
      return pair;
    } catch (error) {
      throw new UsageError(`--tls-private-key-file: ${key} is no key of ${cert}: ${(error as Error).message}`);
    }
  }
}
