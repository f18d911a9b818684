import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { EndpointSubset, Endpoints } from '../../generated/types.ts';
import { endpointsKind } from './kind.ts';

const endpoints = (...subsets: EndpointSubset[]): Endpoints => {
  const object = { metadata: { name: 'e' }, subsets };
  endpointsKind.strategy.defaults?.(object);
  return object;
};
const messages = (subset: EndpointSubset): string[] => (endpointsKind.strategy.validate?.(endpoints(subset)) ?? []).map(fieldErrorMessage);
const addresses = [{ ip: '10.0.0.1' }];

test('each rule by an example', () => {
  assert.deepEqual(messages({ addresses, ports: [{ port: 80 }] }), []);
  assert.deepEqual(messages({ ports: [{ port: 80 }] }), ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']);
  assert.deepEqual(messages({ addresses: [{ ip: '127.0.0.1' }] }), [
    'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
  ]);
  assert.deepEqual(messages({ notReadyAddresses: [{ ip: 'fe80::1' }] }), [
    'subsets[0].notReadyAddresses[0].ip: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  ]);
  assert.deepEqual(messages({ addresses: [{ ip: '::' }] }), [
    'subsets[0].addresses[0].ip: Invalid value: "::": may not be unspecified (::)',
  ]);
  assert.match(
    messages({ addresses: [{ ip: '10.0.0.1', nodeName: 'A' }] }).join(),
    /^subsets\[0\].addresses\[0\].nodeName: Invalid value: "A"/,
  );
  assert.deepEqual(messages({ addresses, ports: [{ port: 80, name: 'a' }, { port: 0 }] }), [
    'subsets[0].ports[1].name: Required value',
    'subsets[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
  ]);
});

test('three addresses are shown', () => {
  const cell = (of: Endpoints): unknown => endpointsKind.columns?.[1]?.cell(of, 0);
  assert.equal(cell(endpoints()), '<none>');
  assert.equal(cell(endpoints({ addresses })), '10.0.0.1');
  const many = [1, 2].map((i) => ({ ip: `10.0.0.${i}` }));
  assert.equal(
    cell(endpoints({ addresses: many, ports: [{ port: 80 }, { port: 81 }] })),
    '10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...',
  );
});
