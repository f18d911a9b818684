import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint, EndpointSlice, Node } from '@t8s/api';
import type { Packing } from './packing.ts';
import { withTopologyHints, zoneShares } from './topology-hints.ts';

/** `a` is a ready endpoint of zone a, `ab` one that zone b is to use, `A` one that is not ready, `?` one without a zone. */
const endpointOf = ([zone = '', hint]: string): Endpoint => ({
  addresses: ['10.0.0.1'],
  conditions: { ready: zone === zone.toLowerCase() },
  ...(zone !== '?' && { zone: zone.toLowerCase() }),
  ...(hint && { hints: { forZones: [{ name: hint }] } }),
});
const endpointsOf = (words: string): Endpoint[] => words.split(' ').map(endpointOf);
const sliceOf = (words: string): EndpointSlice => ({ metadata: {}, addressType: 'IPv4', endpoints: endpointsOf(words) });
const hintsOf = ({ endpoints }: { endpoints: Endpoint[] }): string =>
  endpoints.map(({ hints }) => hints?.forZones?.[0]?.name ?? '-').join('');

test('each zone has its part of the endpoints, those of its own first', () => {
  type Case = [why: string, shares: Record<string, number> | undefined, slices: Partial<Record<keyof Packing, string[]>>, hints: string];
  const insufficient = 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
  const cases: Case[] = [
    ['nothing is known of nodes', undefined, { create: ['a'] }, insufficient],
    [
      'fewer endpoints than zones',
      { a: 0.3, b: 0.4, c: 0.3 },
      { create: ['a b'] },
      'Insufficient number of endpoints (2 endpoints, 3 zones)',
    ],
    [
      'no fair parts',
      { a: 0.65, b: 0.35 },
      { create: ['a b'] },
      'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (2 endpoints, 2 zones)',
    ],
    ['no zone', { a: 0.5, b: 0.5 }, { create: ['a ?'] }, 'One or more endpoints do not have a zone specified'],
    ['one each', { a: 0.45, b: 0.55 }, { create: ['a b'] }, '+ab'],
    ['who is not ready has none', { a: 0.45, b: 0.55 }, { create: ['a b B'] }, '+ab-'],
    [
      'a zone gives what it has too many',
      { a: 0.35, b: 0.35, c: 0.3 },
      { create: ['a b', 'c c a'], update: ['a a', 'b c a'] },
      '+bb +cca =aa =bca',
    ],
    ['hints that fit stay', { a: 0.5, b: 0.5 }, { unchanged: ['ab bb'], create: ['a a'] }, '+aa .bb'],
    ['those of a zone that is gone do not', { a: 0.5, b: 0.5 }, { unchanged: ['ac b'] }, '=ab'],
    ['nor those of a zone that has too many', { a: 0.5, b: 0.5 }, { unchanged: ['aa ba', 'aa ba'] }, '=bb .aa'],
  ];
  for (const [why, shares, { create = [], update = [], unchanged = [] }, expected] of cases) {
    const groupOf = (words: string) => ({ ports: [], slice: sliceOf(words), endpoints: endpointsOf(words) });
    const packing = { create: create.map(groupOf), update: update.map(groupOf), unchanged: unchanged.map(sliceOf), remove: [] };
    const result = withTopologyHints(packing, shares && new Map(Object.entries(shares)));
    const told =
      typeof result === 'string'
        ? result
        : [
            ...result.create.map((one) => `+${hintsOf(one)}`),
            ...result.update.map((one) => `=${hintsOf(one)}`),
            ...result.unchanged.map((one) => `.${hintsOf(one)}`),
          ].join(' ');
    assert.equal(told, expected, why);
  }
});

test('the part of a zone is that of the CPU of its ready workers', () => {
  const node = (zone: string, cpu: string, { ready = true, labels = {} } = {}): Node => ({
    metadata: { labels: { ...labels, ...(zone && { 'topology.kubernetes.io/zone': zone }) } },
    spec: {},
    status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });
  const [a, b] = [node('a', '1'), node('b', '3')];
  assert.deepEqual(
    zoneShares([a, b]),
    new Map([
      ['a', 0.25],
      ['b', 0.75],
    ]),
  );
  assert.deepEqual(zoneShares([a, b, node('c', '4', { labels: { 'node-role.kubernetes.io/control-plane': '' } })])?.size, 2);
  for (const nodes of [[], [a], [a, a], [a, node('b', '1', { ready: false })], [a, b, node('', '1')], [a, b, node('b', '0')]])
    assert.equal(zoneShares(nodes), undefined);
});
