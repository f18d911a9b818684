import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { type EvictionRates, EvictionZones, evictionRate, zoneOf } from './eviction-zones.ts';

const rates: EvictionRates = {
  evictionRate: 0.1,
  secondaryEvictionRate: 0.01,
  unhealthyZoneThreshold: 0.55,
  largeClusterSizeThreshold: 50,
};
const nodes = (zone: string, ready: number, notReady: number): Node[] =>
  Array.from({ length: ready + notReady }, (_, i) => ({
    metadata: { name: `${zone}${i}`, labels: { 'topology.kubernetes.io/zone': zone } },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: i < ready ? 'True' : 'Unknown' }] },
  }));

test('the rate of a zone follows from how many of its nodes are down', () => {
  const table: [ready: number, notReady: number, rate: number][] = [
    [9, 0, 0.1],
    [1, 2, 0.1], // two are never too many
    [3, 3, 0.1],
    [2, 3, 0],
    [22, 28, 0],
    [22, 29, 0.01],
    [0, 60, 0.1], // a whole zone: its power, most likely
  ];
  for (const [ready, notReady, rate] of table) assert.equal(evictionRate(ready, notReady, rates), rate, `${ready} ready, ${notReady} not`);
});

test('one node at once, the next in ten seconds; a zone that gets sick stops, one that recovers waits anew', async () => {
  const clock = new FakeClock();
  const zones = new EvictionZones(rates, clock);
  const [healthy] = nodes('a', 1, 0);
  const zone = zoneOf(healthy as Node);
  zones.assess(nodes('a', 4, 1));
  assert.equal(zones.wait(zone), 0);
  zones.spend(zone);
  assert.equal(zones.wait(zone), 10_000);
  zones.assess(nodes('a', 2, 3));
  await clock.advance(60_000);
  assert.equal(zones.wait(zone), Infinity);
  zones.assess(nodes('a', 4, 1));
  assert.equal(zones.wait(zone), 10_000);
  await clock.advance(10_000);
  assert.equal(zones.wait(zone), 0);
});

test('with no zone left that has a ready node nobody is given up; nodes that say so do not count', () => {
  const zones = new EvictionZones(rates, new FakeClock());
  assert.equal(zones.assess([]), false);
  assert.equal(zones.assess([...nodes('a', 0, 3), ...nodes('b', 1, 2)]), false);
  assert.equal(zones.wait('/a'), 0);
  const outsiders = nodes('b', 1, 0).map((node) => ({
    ...node,
    metadata: { ...node.metadata, labels: { 'node.kubernetes.io/exclude-disruption': '' } },
  }));
  assert.deepEqual([zones.assess([...nodes('a', 0, 3), ...outsiders]), zones.stopped, zones.wait('/a')], [true, true, Infinity]);
  assert.deepEqual([zones.assess(nodes('a', 1, 2)), zones.stopped, zones.wait('/a')], [true, false, 0]);
});

test('labels of old name zones too', () => {
  const labels = { 'failure-domain.beta.kubernetes.io/zone': 'z', 'topology.kubernetes.io/region': 'r' };
  assert.equal(zoneOf({ metadata: { labels }, spec: {} }), 'r/z');
});
