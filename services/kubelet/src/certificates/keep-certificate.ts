/** Keeps a certificate good: asks for the first, and for the next one before it ends (upstream's times, client-go's certificate manager). */
import { Backoff, type Clock, sleep } from '@t8s/async';
import { CertificateError, certificateLife, isCertificateOf, type KeyPair } from '@t8s/auth';
import type { Client } from '@t8s/client';
import type { Held } from '@t8s/component';
import type { Logger } from '@t8s/telemetry';
import type { CertificateFiles } from './certificate-files.ts';
import { requestCertificate, type WantedCertificate } from './request-certificate.ts';

export interface KeepOptions {
  held: Held<KeyPair | undefined>;
  files: CertificateFiles;
  wanted: WantedCertificate;
  /** Who asks, now. */
  client(): Client;
  clock: Clock;
  log: Logger;
  random?: () => number;
}

/** Between tries that fail, in milliseconds. */
const retries = { base: 2000, cap: 32_000, jitter: 0.1 };

/** Two certificates are never asked for within this time, however short they live. */
const pause = 1000;

/** Runs until the signal aborts. */
export async function keepCertificate({ random = Math.random, ...options }: KeepOptions, signal: AbortSignal): Promise<void> {
  const { held, files, wanted, client, clock, log } = options;
  const backoff = new Backoff(retries);
  let earliest = 0;
  for (;;) {
    await until(Math.max(earliest, rotationTime(held.current, wanted, random)), { clock, signal });
    if (signal.aborted) return;
    try {
      const pair = await requestCertificate({ client: client(), wanted, clock, log, signal });
      files.write(pair, clock.now());
      held.set(pair);
      backoff.reset();
      earliest = clock.now() + pause;
      log.info({ signer: wanted.signerName, expires: certificateLife(pair.cert).notAfter }, 'a certificate is new');
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error, signer: wanted.signerName }, 'no certificate yet, trying again');
      earliest = clock.now() + backoff.next();
    }
  }
}

/** When the next one is due: after 70 to 90 % of its life, so that nodes made together don't ask together. Now for one that doesn't fit. */
function rotationTime(pair: KeyPair | undefined, wanted: WantedCertificate, random: () => number): number {
  if (!pair || !fits(pair, wanted)) return 0;
  const { notBefore, notAfter } = certificateLife(pair.cert);
  return notBefore.getTime() + (notAfter.getTime() - notBefore.getTime()) * (0.7 + 0.2 * random());
}

/** Whether a certificate is what is wanted; what is no certificate is not. */
function fits({ cert }: KeyPair, wanted: WantedCertificate): boolean {
  try {
    return isCertificateOf(cert, wanted);
  } catch (error) {
    if (error instanceof CertificateError) return false;
    throw error;
  }
}

/** The pair, where it is what is wanted and has not ended. */
export const stillGood = (pair: KeyPair | undefined, wanted: WantedCertificate, clock: Clock): KeyPair | undefined =>
  pair && fits(pair, wanted) && certificateLife(pair.cert).notAfter.getTime() > clock.now() ? pair : undefined;

/** Timers have their longest time, and may fire early. Returns early when the signal aborts. */
async function until(time: number, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<void> {
  while (clock.now() < time && !signal.aborted)
    await sleep(time - clock.now(), { clock, signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
}
