/** Leader election by a Lease, as client-go does it: https://kubernetes.io/docs/concepts/architecture/leases/ */

import { type Lease, leaseKind } from '@t8s/api';
import { type Clock, sleep, systemClock } from '@t8s/async';
import type { Client } from '@t8s/client';
import { formatMicroTime, isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';

export interface LeaderElectorOptions {
  client: Client;
  namespace: string;
  /** The lease's name. */
  name: string;
  /** Tells the candidates apart. */
  identity: string;
  log: Logger;
  clock?: Clock;
  /** Milliseconds; upstream's are the defaults. */
  leaseDuration?: number;
  renewDeadline?: number;
  retryPeriod?: number;
}

/**
 * Promised: `lead` runs only while this process holds the lease, and its signal aborts before another can have taken it,
 * as long as clocks run at the same speed. Not promised: that someone leads at any moment.
 */
export class LeaderElector {
  readonly #options: Required<LeaderElectorOptions>;
  /** The record last seen and when, by our own clock: clocks of machines are not compared. */
  #seen: { record: string; at: number } | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#options = { clock: systemClock, leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2000, ...options };
  }

  /** Waits for the lease, leads, and returns when it is lost or the signal aborts (then the lease is given back). */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { name, identity, log, retryPeriod, clock } = this.#options;
    while (!(await this.#tryAcquire())) {
      if (signal.aborted) return;
      await pause(retryPeriod * (1 + 0.2 * Math.random()), signal, clock);
      if (signal.aborted) return;
    }
    log.info({ lease: name, identity }, 'leading');
    const leading = new AbortController();
    const work = lead(AbortSignal.any([signal, leading.signal]));
    const renewing = this.#renew(signal, leading);
    try {
      await Promise.race([work, renewing.then(() => work)]);
    } finally {
      leading.abort(new Error('no longer leading'));
      await renewing;
    }
    if (signal.aborted) await this.#release();
    else log.warn({ lease: name, identity }, 'lost the lease');
  }

  /** Renews until it fails for the deadline, then ends the leading. */
  async #renew(signal: AbortSignal, leading: AbortController): Promise<void> {
    const { renewDeadline, retryPeriod, clock } = this.#options;
    const end = AbortSignal.any([signal, leading.signal]);
    let renewed = clock.now();
    while (!end.aborted) {
      await pause(retryPeriod, end, clock);
      if (end.aborted) return;
      if (await this.#tryAcquire()) renewed = clock.now();
      else if (clock.now() - renewed >= renewDeadline || this.#heldByOther()) return leading.abort(new Error('lease lost'));
    }
  }

  #heldByOther(): boolean {
    const holder = this.#seen && (JSON.parse(this.#seen.record) as Lease['spec']).holderIdentity;
    return holder !== undefined && holder !== '' && holder !== this.#options.identity;
  }

  /** Takes or renews the lease. False when another holds it or the API can't be reached. */
  async #tryAcquire(): Promise<boolean> {
    const { client, namespace, name, identity, leaseDuration, clock, log } = this.#options;
    const leases = client.resource(leaseKind);
    const now = formatMicroTime(clock.now());
    const held = { holderIdentity: identity, leaseDurationSeconds: Math.ceil(leaseDuration / 1000), renewTime: now };
    try {
      const current = await leases.get({ namespace, name }).catch((error: unknown) => {
        if (isStatus(error, 'NotFound')) return undefined;
        throw error;
      });
      if (!current) {
        this.#remember(await leases.create({ metadata: { name, namespace }, spec: { ...held, acquireTime: now, leaseTransitions: 0 } }));
        return true;
      }
      this.#remember(current);
      const { holderIdentity = '', leaseTransitions = 0, acquireTime } = current.spec;
      const mine = holderIdentity === identity;
      const expires = (this.#seen?.at ?? 0) + (current.spec.leaseDurationSeconds ?? 0) * 1000;
      if (!mine && holderIdentity !== '' && expires > clock.now()) return false;
      const spec = {
        ...current.spec,
        ...held,
        acquireTime: mine ? acquireTime : now,
        leaseTransitions: mine ? leaseTransitions : leaseTransitions + 1,
      };
      this.#remember(await leases.update({ ...current, spec }));
      return true;
    } catch (error) {
      log.debug({ lease: name, err: error }, 'could not take the lease');
      return false;
    }
  }

  #remember({ spec }: Lease): void {
    const record = JSON.stringify(spec);
    if (this.#seen?.record !== record) this.#seen = { record, at: this.#options.clock.now() };
  }

  /** Lets the next candidate in at once. A failure costs it the rest of the lease's time, no more. */
  async #release(): Promise<void> {
    const { client, namespace, name, identity, log } = this.#options;
    try {
      const current = await client.resource(leaseKind).get({ namespace, name });
      if (current.spec.holderIdentity !== identity) return;
      await client.resource(leaseKind).update({ ...current, spec: { ...current.spec, holderIdentity: '', leaseDurationSeconds: 1 } });
    } catch (error) {
      log.debug({ lease: name, err: error }, 'could not give the lease back');
    }
  }
}

async function pause(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  await sleep(ms, { signal, clock }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
