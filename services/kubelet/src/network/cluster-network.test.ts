import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '@t8s/api';
import { silentLogger } from '@t8s/telemetry';
import { ClusterNetwork } from './cluster-network.ts';
import { routeChanges } from './host-routes.ts';
import { podRules } from './pod-firewall.ts';

const node = (name: string, podCIDR: string, address: string): Node => ({
  metadata: { name },
  spec: { podCIDR },
  status: { addresses: [{ type: 'InternalIP', address }] },
});

test('routes: only what differs is written, only ours is removed', () => {
  const existing = [
    { dst: '10.244.1.0/24', gateway: '10.89.0.2' },
    { dst: '10.244.9.0/24', gateway: '10.89.0.9' },
    { dst: '10.244.2.0/24', gateway: '10.89.0.8' },
  ];
  const wanted = [
    { podCidr: '10.244.1.0/24', hostIp: '10.89.0.2' },
    { podCidr: '10.244.2.0/24', hostIp: '10.89.0.3' },
  ];
  assert.deepEqual(routeChanges(existing, wanted), { replace: [wanted[1]], remove: ['10.244.9.0/24'] });
});

test("pods keep their address inside the cluster and take the node's outside", () => {
  const nat = podRules('10.244.0.0/24', ['10.244.1.0/24']).split('*nat')[1]?.split('\n') ?? [];
  assert.deepEqual(nat.slice(2, 6), [
    '-A T8S-POD-MASQ -d 10.244.0.0/24 -j RETURN',
    '-A T8S-POD-MASQ -d 10.244.1.0/24 -j RETURN',
    '-A T8S-POD-MASQ -d 224.0.0.0/4 -j RETURN',
    '-A T8S-POD-MASQ -m comment --comment "t8s pod traffic to the outside" -j MASQUERADE',
  ]);
});

test('a node that comes is routed, a change that means nothing writes nothing', async () => {
  let nodes = [node('a', '10.244.0.0/24', '10.89.0.1')];
  const routes: unknown[] = [];
  const network = new ClusterNetwork({
    nodeName: 'a',
    nodes: () => nodes,
    log: silentLogger,
    rules: async () => undefined,
    routes: async (wanted) => void routes.push(wanted),
  });
  network.nodesChanged();
  await network.prepare('10.244.0.0/24');
  nodes = [...nodes, node('b', '10.244.1.0/24', '10.89.0.2')];
  network.nodesChanged();
  await new Promise(setImmediate);
  network.nodesChanged();
  await new Promise(setImmediate);
  assert.deepEqual(routes, [[], [{ podCidr: '10.244.1.0/24', hostIp: '10.89.0.2' }]]);
});

test('a node without pods leads services to the pods of others', async () => {
  const routes: unknown[] = [];
  const network = new ClusterNetwork({
    nodeName: 'a',
    nodes: () => [node('a', '10.244.0.0/24', '10.89.0.1'), node('b', '10.244.1.0/24', '10.89.0.2')],
    log: silentLogger,
    rules: async () => undefined,
    routes: async (wanted) => void routes.push(wanted),
  });
  network.nodesChanged();
  network.follow('10.244.0.0/24');
  await new Promise(setImmediate);
  assert.deepEqual(routes, [[{ podCidr: '10.244.1.0/24', hostIp: '10.89.0.2' }]]);
});
