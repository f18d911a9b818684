/** Leader election by a Lease, as client-go does it: https://kubernetes.io/docs/concepts/architecture/leases/ */

import { type Lease, leaseKind } from '@t8s/api';
import { type Clock, sleep, systemClock } from '@t8s/async';
import type { Client } from '@t8s/client';
import { formatMicroTime, isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { EventRecorder } from './event-recorder.ts';

export interface LeaderElectorOptions {
  client: Client;
  namespace: string;
  /** The lease's name. */
  name: string;
  /** Tells the candidates apart. */
  identity: string;
  log: Logger;
  /** Told of the lease's passing to us. */
  recorder?: EventRecorder;
  clock?: Clock;
  /** How long other candidates wait for a renewal. Milliseconds, as the next two; upstream's are the defaults. */
  leaseDuration?: number;
  /** How long a leader tries to renew before it gives up; less than the lease lasts. */
  renewDeadline?: number;
  retryPeriod?: number;
}

const retryJitter = 0.2;

/**
 * Promised: `lead` runs only while this process holds the lease, and its signal aborts before another can have taken it, as long
 * as clocks run at the same speed. Not promised: that someone leads at any moment.
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions & { clock: Clock; leaseDuration: number; renewDeadline: number; retryPeriod: number };
  /** The lease last seen and when its record changed, by our own clock: clocks of machines are not compared. */
  #seen: { lease: Lease; record: string; at: number } | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#options = { clock: systemClock, leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2000, ...options };
  }

  /**
   * Waits for the lease and leads. Returns when `lead` does, when the lease is lost (after `lead` has ended), or when the signal
   * aborts (then the lease is given back).
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { name, identity, log, recorder, retryPeriod } = this.#options;
    while (!(await this.#tryAcquire(signal))) {
      if (signal.aborted) return;
      await this.#pause(retryPeriod * (1 + retryJitter * Math.random()), signal);
    }
    log.info({ lease: name, identity }, 'leading');
    const lease = this.#seen?.lease;
    if (lease) recorder?.event(lease, 'Normal', 'LeaderElection', `${identity} became leader`);
    const leading = new AbortController();
    const work = lead(AbortSignal.any([signal, leading.signal]));
    const renewing = this.#renew(signal, leading);
    try {
      await Promise.race([work, renewing.then(() => work)]);
    } finally {
      leading.abort(new Error('no longer leading'));
      await renewing;
    }
    if (this.#isHolder()) await this.#release();
    else log.warn({ lease: name, identity }, 'lost the lease');
  }

  /** Renews until that fails for the deadline, then ends the leading. */
  async #renew(signal: AbortSignal, leading: AbortController): Promise<void> {
    const { renewDeadline, retryPeriod, clock } = this.#options;
    const end = AbortSignal.any([signal, leading.signal]);
    let renewed = clock.now();
    while (!end.aborted) {
      await this.#pause(retryPeriod, end);
      if (end.aborted) return;
      // A request that hangs must not keep us leading: it ends with the deadline.
      const deadline = new AbortController();
      const cancel = clock.after(Math.max(0, renewed + renewDeadline - clock.now()), () => deadline.abort(new Error('renew deadline')));
      if (await this.#tryAcquire(AbortSignal.any([end, deadline.signal]))) renewed = clock.now();
      else if (!end.aborted && (deadline.signal.aborted || clock.now() - renewed >= renewDeadline || this.#isHeldByOther())) {
        this.#seen = undefined;
        leading.abort(new Error('lease lost'));
      }
      cancel();
    }
  }

  #isHolder(): boolean {
    return this.#seen?.lease.spec.holderIdentity === this.#options.identity;
  }

  #isHeldByOther(): boolean {
    return Boolean(this.#seen?.lease.spec.holderIdentity) && !this.#isHolder();
  }

  /** Takes or renews the lease. False when another holds it or the API can't be reached. */
  async #tryAcquire(signal: AbortSignal): Promise<boolean> {
    const { name, log, leaseDuration, clock } = this.#options;
    try {
      // While we hold it nobody else writes it: no need to read it first.
      const isCurrent = this.#isHolder() && (this.#seen?.at ?? 0) + leaseDuration > clock.now();
      if (isCurrent && this.#seen && (await this.#renewAsSeen(this.#seen.lease, signal))) return true;
      return await this.#readAndTake(signal);
    } catch (error) {
      log.debug({ lease: name, err: error }, 'could not take the lease');
      return false;
    }
  }

  /** False where the lease has changed since. */
  async #renewAsSeen(lease: Lease, signal: AbortSignal): Promise<boolean> {
    const { client } = this.#options;
    try {
      this.#remember(await client.resource(leaseKind).update({ ...lease, spec: { ...lease.spec, ...this.#held() } }, { signal }));
      return true;
    } catch (error) {
      if (isStatus(error, 'Conflict', 'NotFound')) return false;
      throw error;
    }
  }

  async #readAndTake(signal: AbortSignal): Promise<boolean> {
    const { client, namespace, name, identity, clock } = this.#options;
    const leases = client.resource(leaseKind);
    const held = this.#held();
    let current: Lease;
    try {
      current = await leases.get({ namespace, name }, { signal });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
      const spec = { ...held, acquireTime: held.renewTime, leaseTransitions: 0 };
      this.#remember(await leases.create({ metadata: { name, namespace }, spec }, { signal }));
      return true;
    }
    this.#remember(current);
    const { holderIdentity = '', leaseTransitions = 0, acquireTime, leaseDurationSeconds = 0 } = current.spec;
    const isOurs = holderIdentity === identity;
    const expires = (this.#seen?.at ?? 0) + leaseDurationSeconds * 1000;
    if (!isOurs && holderIdentity !== '' && expires > clock.now()) return false;
    const spec = {
      ...current.spec,
      ...held,
      acquireTime: isOurs ? acquireTime : held.renewTime,
      leaseTransitions: isOurs ? leaseTransitions : leaseTransitions + 1,
    };
    this.#remember(await leases.update({ ...current, spec }, { signal }));
    return true;
  }

  #held(): { holderIdentity: string; leaseDurationSeconds: number; renewTime: string } {
    const { identity, leaseDuration, clock } = this.#options;
    return { holderIdentity: identity, leaseDurationSeconds: Math.ceil(leaseDuration / 1000), renewTime: formatMicroTime(clock.now()) };
  }

  #remember(lease: Lease): void {
    const record = JSON.stringify(lease.spec);
    const at = this.#seen?.record === record ? this.#seen.at : this.#options.clock.now();
    this.#seen = { lease, record, at };
  }

  /** Lets the next candidate in at once; `lead` has ended. A failure costs it the rest of the lease's time, no more. */
  async #release(): Promise<void> {
    const { client, name, log, leaseDuration } = this.#options;
    const lease = this.#seen?.lease;
    if (!lease) return;
    try {
      const spec = { ...lease.spec, ...this.#held(), holderIdentity: '', leaseDurationSeconds: 1 };
      await client.resource(leaseKind).update({ ...lease, spec }, { signal: AbortSignal.timeout(Math.min(5000, leaseDuration)) });
    } catch (error) {
      log.debug({ lease: name, err: error }, 'could not give the lease back');
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, { signal, clock: this.#options.clock }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
