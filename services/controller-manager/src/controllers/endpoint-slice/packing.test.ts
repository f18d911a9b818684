import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint, EndpointSlice } from '@t8s/api';
import type { PortGroup } from './desired.ts';
import { type Packing, pack } from './packing.ts';

const ports = [{ name: '', protocol: 'TCP', port: 80 }];
const max = 5;
const endpoint = (uid: string, ready = true): Endpoint => ({ addresses: ['10.0.0.1'], conditions: { ready }, targetRef: { uid } });
const endpoints = (uids: string): Endpoint[] => [...uids].map((uid) => endpoint(uid));
const group = (uids: string): PortGroup => ({ ports, endpoints: endpoints(uids) });
const slices = (...held: string[]): EndpointSlice[] =>
  held.map((uids, i) => ({ metadata: { name: `s${i}` }, addressType: 'IPv4', ports, endpoints: endpoints(uids) }));

/** `s0=abc` is an update, `+abc` a new slice, `-s0` one that goes; what is unchanged is not there. */
function told({ create, update, remove }: Packing): string {
  const held = (of: readonly Endpoint[]): string => of.map(({ targetRef }) => targetRef?.uid).join('');
  return [
    ...update.map(({ slice, endpoints: holds }) => `${slice.metadata.name}=${held(holds)}`),
    ...create.map(({ endpoints: holds }) => `+${held(holds)}`),
    ...remove.map(({ metadata }) => `-${metadata.name}`),
  ].join(' ');
}

test('endpoints stay where they are; as few slices as may be are written', () => {
  const table: [existing: string[], wanted: string, writes: string][] = [
    [[], 'abcdefg', '+abcde +fg'],
    [['abcde', 'fg'], 'gfedcba', ''],
    [['abcde', 'fg'], 'abcdefgh', 's1=fgh'],
    // The slice that changes anyway takes the newcomer.
    [['abcde', 'fg'], 'bcdefgh', 's0=bcdeh'],
    [['abc', 'defg'], 'abcdefghi', 's0=abchi'],
    // The fullest with room for all; none has room for all: a new one, and the others stay as they are.
    [['a', 'bcd', 'ef'], 'abcdefxy', 's1=bcdxy'],
    [['abc', 'def'], 'abcdefxyz', '+xyz'],
    // As many as fill a slice have one of their own.
    [['abc', 'de'], 'abcdetuvwxyz', 's0=abcyz +tuvwx'],
    [['abc', 'de'], 'abc', '-s1'],
    [['abc', 'de'], 'bcx', 's0=bcx -s1'],
    [['abcdefg'], 'abcdefg', 's0=abcde +fg'],
    [[], '', '+'],
  ];
  for (const [existing, wanted, writes] of table)
    assert.equal(told(pack(wanted === '' ? [] : [group(wanted)], slices(...existing), max)), writes, `${existing} to ${wanted}`);
});

test('a change of an endpoint is written, others of its slice keep their places', () => {
  const [update] = pack([{ ports, endpoints: [endpoint('b'), endpoint('a', false)] }], slices('ab'), max).update;
  assert.deepEqual(update?.endpoints, [endpoint('a', false), endpoint('b')]);
});

test('a service without endpoints keeps one slice that is empty, without ports', () => {
  const [full] = slices('a');
  assert.deepEqual(pack([], full ? [full] : [], max), {
    create: [{ ports: [], endpoints: [] }],
    update: [],
    unchanged: [],
    remove: [full],
  });
  const empty: EndpointSlice = { metadata: { name: 'e' }, addressType: 'IPv4', ports: [], endpoints: [] };
  assert.equal(told(pack([], [empty], max)), '');
  assert.equal(told(pack([group('a')], [empty], max)), '+a -e');
});
