import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeasePool, type LeasePoolOptions } from './lease-pool.ts';

interface TestPool {
  get(ttl: number): Promise<number>;
  forget(ttl: number): void;
  /** What was asked for. */
  lifetimes: number[];
  wait(seconds: number): void;
}

/** A pool whose leases are numbered 1, 2, 3 … */
function pool(): TestPool {
  const lifetimes: number[] = [];
  let now = 0;
  const ids: number[] = [];
  const grant: LeasePoolOptions['grant'] = ({ ID, TTL }) => {
    lifetimes.push(TTL);
    ids.push(ID);
    return Promise.resolve();
  };
  const leases = new LeasePool({ grant, now: () => now });
  // Leases by the order of their grants.
  const get = async (ttl: number): Promise<number> => ids.indexOf(await leases.get(ttl)) + 1;
  const wait = (seconds: number): void => {
    now += seconds * 1000;
  };
  return { get, forget: (ttl) => leases.forget(ttl), lifetimes, wait };
}

test('keys of a lifetime share a lease for a minute, which is granted that much longer', async () => {
  const { lifetimes, wait, ...leases } = pool();
  assert.deepEqual(await Promise.all([leases.get(3600), leases.get(3600), leases.get(7200)]), [1, 1, 2]);
  wait(59);
  assert.equal(await leases.get(3600), 1);
  wait(1);
  assert.equal(await leases.get(3600), 3);
  assert.deepEqual(lifetimes, [3660, 7260, 3660]);
});

test('a short lifetime is no more than a twentieth longer', async () => {
  const { lifetimes, ...leases } = pool();
  assert.notEqual(await leases.get(15), await leases.get(15));
  await leases.get(100);
  assert.deepEqual(lifetimes, [15, 15, 105]);
});

test('a lease takes a thousand keys; one that etcd forgot is not handed out again', async () => {
  const leases = pool();
  for (let i = 0; i < 1000; i++) assert.equal(await leases.get(3600), 1);
  assert.equal(await leases.get(3600), 2);
  leases.forget(3600);
  assert.equal(await leases.get(3600), 3);
});
