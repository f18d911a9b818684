import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Lease, leaseKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import type { ResourceClient } from '@t8s/client';
import { serviceUnavailable } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { LeaderElector } from './leader-elector.ts';

function candidate(identity: string, client: FakeClient, clock: FakeClock): { leading: () => boolean; stop: () => Promise<void> } {
  let isLeading = false;
  const abort = new AbortController();
  const elector = new LeaderElector({ client, clock, identity, namespace: 'kube-system', name: 'x', log: silentLogger });
  const running = elector.run(abort.signal, async (signal) => {
    isLeading = true;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    isLeading = false;
  });
  const stop = (): Promise<void> => {
    abort.abort();
    return running;
  };
  return { leading: () => isLeading, stop };
}

test('one leads; the next takes over at once when it goes, and after the lease when it dies', async () => {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const a = candidate('a', client, clock);
  await clock.advance(0);
  const b = candidate('b', client, clock);
  await clock.advance(30_000);
  assert.deepEqual([a.leading(), b.leading()], [true, false]);
  await a.stop();
  await clock.advance(4000);
  assert.deepEqual([a.leading(), b.leading()], [false, true]);
  const lease = await client.resource(leaseKind).get({ namespace: 'kube-system', name: 'x' });
  assert.equal(lease.spec.holderIdentity, 'b');
  assert.equal(lease.spec.leaseTransitions, 1);
  await b.stop();
});

test('a leader that cannot renew stops before another can start', async () => {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const a = candidate('a', client, clock);
  await clock.advance(0);
  client.onAction(() => {
    throw serviceUnavailable('etcd is away');
  });
  await clock.advance(9000);
  assert.equal(a.leading(), true);
  await clock.advance(3000);
  assert.equal(a.leading(), false, 'within the renew deadline of 10 s and one retry, and before the 15 s of the lease');
});

test('a renewal that hangs ends the leading with the deadline', async () => {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const leases = client.resource(leaseKind);
  let hangs = false;
  const hanging: typeof client.resource = () =>
    ({
      ...bound(leases),
      update: (lease: Lease, { signal }: { signal: AbortSignal }) =>
        hangs
          ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
          : leases.update(lease, { signal }),
    }) as never;
  client.resource = hanging;
  const a = candidate('a', client, clock);
  await clock.advance(5000);
  assert.equal(a.leading(), true);
  hangs = true;
  await clock.advance(8500);
  assert.equal(a.leading(), true);
  await clock.advance(3000);
  assert.equal(a.leading(), false);
});

test('a leader renews without reading, and gives way to whoever has taken the lease', async () => {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const a = candidate('a', client, clock);
  await clock.advance(10_000);
  assert.deepEqual(
    client.actions.map(({ verb }) => verb),
    ['get', 'create', ...Array(5).fill('update')],
  );
  const lease = await client.resource(leaseKind).get({ namespace: 'kube-system', name: 'x' });
  await client.resource(leaseKind).update({ ...lease, spec: { ...lease.spec, holderIdentity: 'b' } });
  await clock.advance(2000);
  assert.equal(a.leading(), false);
});

function bound(leases: ResourceClient<Lease>): object {
  return { get: leases.get.bind(leases), create: leases.create.bind(leases) };
}
