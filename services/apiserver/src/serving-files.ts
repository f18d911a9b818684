/** The certificate we serve with, and whose certificates we believe: files that are read again when they change. */
import { createSecureContext } from 'node:tls';
import { type KeyPair, readCertificates } from '@t8s/auth';
import { type FlagSpec, type Flags, followFiles, type Held, readFileFlag, UsageError } from '@t8s/component';
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

/** Where changes are told, and how long they are followed. */
export interface Following {
  log: Logger;
  signal: AbortSignal;
}

/** The files as they are now and whenever they change. Throws UsageError naming the flag, the file and what is wrong with it. */
export function followServing(flags: Flags<typeof servingFlags>, following: Following): Held<Serving> {
  const named = (flag: keyof typeof servingFlags): FileFlag => ({ flag, file: flags[flag] ?? '' });
  const [cert, key, clientCa, proxyCa] = [
    named('tls-cert-file'),
    named('tls-private-key-file'),
    named('client-ca-file'),
    named('requestheader-client-ca-file'),
  ];
  const read = (): Serving => ({
    tls: readPair(cert, key),
    clientCa: readBundle(clientCa),
    requestHeaderCa: proxyCa.file === '' ? undefined : readBundle(proxyCa),
  });
  const files = [cert, key, clientCa, proxyCa].map(({ file }) => file).filter((file) => file !== '');
  return followFiles({ files, read, ...following });
}

/** A certificate with its key that we come to others with, or neither. Throws UsageError. */
export function readIdentity(cert: FileFlag, key: FileFlag): Partial<KeyPair> {
  if (cert.file === '' && key.file === '') return {};
  if (cert.file === '' || key.file === '') throw new UsageError(`--${cert.flag} and --${key.flag} go together`);
  return readPair(cert, key);
}

/** The same, followed as the files above. */
export function followIdentity(cert: FileFlag, key: FileFlag, following: Following): Held<Partial<KeyPair>> {
  const files = [cert.file, key.file].filter((file) => file !== '');
  return followFiles({ files, read: () => readIdentity(cert, key), ...following });
}

export interface FileFlag {
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
