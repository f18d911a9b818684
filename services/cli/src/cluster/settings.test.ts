import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeCluster } from './cluster.ts';
import { nthAddress, overlaps, parseRange } from './ipv4.ts';
import { defaults, settle } from './settings.ts';

test('ranges are read whole or not at all', () => {
  assert.deepEqual(parseRange('10.96.0.0/12'), { first: 0x0a600000, size: 2 ** 20 });
  for (const bad of ['10.96.0.1/12', '10.0.0.0/33', '300.0.0.0/8', '10.0.0.0', 'x', '10.0.0/8'])
    assert.equal(parseRange(bad), undefined, bad);
  assert.equal(nthAddress('10.96.0.0/12', 10), '10.96.0.10');
  assert.throws(() => nthAddress('10.0.0.0/30', 4), RangeError);
  assert.equal(overlaps({ first: 0, size: 256 }, { first: 255, size: 1 }), true);
  assert.equal(overlaps({ first: 0, size: 256 }, { first: 256, size: 1 }), false);
});

test('a cluster keeps its settings, and refuses others with one line', () => {
  const present = settle(undefined, { nodes: 3 });
  assert.deepEqual(present, { ...defaults, nodes: 3 });
  assert.deepEqual(settle(present, {}), present);
  assert.equal(settle(present, { nodes: 1, podCidr: undefined }).nodes, 1);
  const refusals: [Parameters<typeof settle>, RegExp][] = [
    [[undefined, { nodes: 0 }], /^--nodes: 0 is not a number from 1 to 20$/],
    [[undefined, { podCidr: '10.244.0.0' }], /^--pod-network-cidr: '10.244.0.0' is not an IPv4 range/],
    [[undefined, { podCidr: '10.96.0.0/16' }], /^address ranges: those of pods and services overlap$/],
    [[undefined, { serviceCidr: '10.88.0.0/13' }], /services and hosts \(10.89.0.0\/24\) overlap$/],
    [[undefined, { podCidr: '10.244.0.0/23', nodes: 3 }], /too small/],
    [[present, { serviceCidr: '10.112.0.0/12' }], /^--service-cidr: the cluster that is there has 10.96.0.0\/12; `t8s down --purge`/],
  ];
  for (const [args, message] of refusals) assert.throws(() => settle(...args), { name: 'SetupError', message });
});

test('names and addresses follow from the settings', () => {
  const cluster = describeCluster('/data', settle(undefined, { nodes: 2 }));
  assert.deepEqual(
    cluster.hosts.map(({ name, address, netns }) => [name, address, netns]),
    [
      ['node-0', '10.89.0.1', undefined],
      ['node-1', '10.89.0.2', '/run/netns/t8s-node-1'],
    ],
  );
  assert.equal(cluster.dnsAddress, '10.96.0.10');
  assert.equal(cluster.apiserverUrl, 'https://10.89.0.1:6443');
});
