/** The certificate we serve with, and whose certificates we believe: files that are read again when they change. */
import { createSecureContext } from 'node:tls';
import { type KeyPair, readCertificates } from '@t8s/auth';
import { type FlagSpec, type Flags, readFileFlag, watchFiles } from '@t8s/component';
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
    const { 'tls-cert-file': cert, 'tls-private-key-file': key } = this.#flags;
    const ca = this.#flags['requestheader-client-ca-file'];
    return {
      tls: readPair({ flag: 'tls-cert-file', file: cert }, { flag: 'tls-private-key-file', file: key }),
      clientCa: readBundle({ flag: 'client-ca-file', file: this.#flags['client-ca-file'] }),
      requestHeaderCa: ca === undefined ? undefined : readBundle({ flag: 'requestheader-client-ca-file', file: ca }),
    };
  }
}

interface FileFlag {
  flag: string;
  file: string;
}

/** One or more certificates, PEM. Throws UsageError. */
export const readBundle = (of: FileFlag): string =>
  readFileFlag(of, (text) => {
    readCertificates(text);
    return text;
  });

/** A certificate with its key. Throws UsageError where one doesn't fit the other. */
export function readPair(certFile: FileFlag, keyFile: FileFlag): KeyPair {
  const cert = readBundle(certFile);
  return readFileFlag(keyFile, (key) => {
    try {
      createSecureContext({ cert, key });
    } catch (cause) {
      throw new Error(`no key of ${certFile.file}: ${(cause as Error).message}`, { cause });
    }
    return { cert, key };
  });
}
