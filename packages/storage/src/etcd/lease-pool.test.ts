import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeasePool, type LeasePoolOptions } from './lease-pool.ts';

/** Grants leases 1, 2, 3 …; `lifetimes` holds what was asked for. */
function pool(): { pool: LeasePool; lifetimes: number[]; wait(seconds: number): void } {
  const lifetimes: number[] = [];
  let now = 0;
  const client = {
    leaseClient: { leaseGrant: ({ TTL }: { TTL: number }) => Promise.resolve({ ID: String(lifetimes.push(TTL)) }) },
  } as unknown as LeasePoolOptions['client'];
  return { pool: new LeasePool({ client, timeout: 1000, now: () => now }), lifetimes, wait: (seconds) => (now += seconds * 1000) };
}

test('keys of a lifetime share a lease for a minute, which is granted that much longer', async () => {
  const { pool: leases, lifetimes, wait } = pool();
  assert.deepEqual(await Promise.all([leases.get(3600), leases.get(3600), leases.get(7200)]), ['1', '1', '2']);
  wait(59);
  assert.equal(await leases.get(3600), '1');
  wait(1);
  assert.equal(await leases.get(3600), '3');
  assert.deepEqual(lifetimes, [3660, 7260, 3660]);
});

test('a short lifetime is no more than a twentieth longer', async () => {
  const { pool: leases, lifetimes } = pool();
  assert.notEqual(await leases.get(15), await leases.get(15));
  await leases.get(100);
  assert.deepEqual(lifetimes, [15, 15, 105]);
});

test('a lease takes a thousand keys; one that etcd forgot is not handed out again', async () => {
  const { pool: leases } = pool();
  for (let i = 0; i < 1000; i++) assert.equal(await leases.get(3600), '1');
  assert.equal(await leases.get(3600), '2');
  leases.forget(3600);
  assert.equal(await leases.get(3600), '3');
});
