import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { Endpoint, EndpointSlice } from '../../generated/types.ts';
import { endpointSliceKind } from './kind.ts';

const { strategy } = endpointSliceKind;
const slice = (more: Partial<EndpointSlice>): EndpointSlice => {
  const object = { metadata: { name: 's' }, addressType: 'IPv4', endpoints: [], ...more };
  strategy.defaults?.(object);
  return object;
};
const messages = (more: Partial<EndpointSlice>): string[] => (strategy.validate?.(slice(more)) ?? []).map(fieldErrorMessage);
const endpoint = (more: Partial<Endpoint>): Partial<EndpointSlice> => ({ endpoints: [{ addresses: ['10.0.0.1'], ...more }] });

test('each rule by an example', () => {
  const cases: [slice: Partial<EndpointSlice>, expected: string | RegExp][] = [
    [{ ...endpoint({ hostname: 'a', nodeName: 'n', hints: { forZones: [{ name: 'z' }] } }), ports: [{ port: 80 }] }, ''],
    [{ addressType: '' }, 'addressType: Required value'],
    [{ addressType: 'IP' }, 'addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"'],
    [endpoint({ addresses: [] }), 'endpoints[0].addresses: Required value: must contain at least 1 address'],
    [
      endpoint({ addresses: Array.from({ length: 101 }, (_, i) => `10.0.0.${i + 1}`) }),
      'endpoints[0].addresses: Too many: 101: must have at most 100 items',
    ],
    [endpoint({ addresses: ['2001:db8::1'] }), 'endpoints[0].addresses[0]: Invalid value: "2001:db8::1": must be a valid IPv4 address'],
    [{ addressType: 'IPv6', ...endpoint({ addresses: ['::1'] }) }, /may not be in the loopback range/],
    [
      { addressType: 'FQDN', ...endpoint({ addresses: ['a.b'] }) },
      'endpoints[0].addresses[0]: Invalid value: "a.b": should be a domain with at least three segments separated by dots',
    ],
    [endpoint({ hostname: 'A' }), /^endpoints\[0\].hostname: Invalid value: "A": a lowercase RFC 1123 label/],
    [endpoint({ nodeName: 'A' }), /^endpoints\[0\].nodeName: Invalid value: "A"/],
    [endpoint({ hints: { forZones: [{ name: 'z' }, { name: 'z' }] } }), 'endpoints[0].hints.forZones[1].name: Duplicate value: "z"'],
    [{ ports: [{ port: 80 }, { port: 81 }] }, 'ports[1].name: Duplicate value: ""'],
    [{ ports: [{ protocol: 'X' }] }, 'ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"'],
  ];
  for (const [of, expected] of cases) {
    const found = messages(of).join('\n');
    if (typeof expected === 'string') assert.equal(found, expected);
    else assert.match(found, expected);
  }
});

test('the address type stays; generation counts changes of content', () => {
  const old = slice(endpoint({}));
  strategy.prepareForCreate?.(old);
  assert.deepEqual((strategy.validateUpdate?.(slice({ addressType: 'FQDN' }), old) ?? []).map(fieldErrorMessage), [
    'addressType: Invalid value: "FQDN": field is immutable',
  ]);
  const labelled = slice({ ...endpoint({}), metadata: { labels: { a: 'b' } } });
  strategy.prepareForUpdate?.(labelled, old);
  const changed = slice({});
  strategy.prepareForUpdate?.(changed, old);
  assert.deepEqual(
    [old, labelled, changed].map(({ metadata }) => metadata.generation),
    [1, 1, 2],
  );
});

test('columns', () => {
  const of = slice({ endpoints: [1, 2, 3, 4].map((i) => ({ addresses: [`10.0.0.${i}`] })), ports: [{ port: 80 }, { name: 'x' }] });
  const row = (object: EndpointSlice): unknown[] => endpointSliceKind.columns?.map((column) => column.cell(object, 0)) ?? [];
  assert.deepEqual(row(of), ['s', 'IPv4', '80,x', '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...', '<unknown>']);
  assert.deepEqual(row(slice({})).slice(2, 4), ['<unset>', '<unset>']);
});
