import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod, Service } from '@t8s/api';
import { desiredGroups } from './desired.ts';

const service: Service = {
  metadata: { name: 'web', namespace: 'd' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
};

function pod(
  name: string,
  {
    ip = '10.0.0.1',
    ready = true,
    phase = 'Running',
    port = 8080,
    deleting = false,
  }: { ip?: string; ready?: boolean; phase?: string; port?: number; deleting?: boolean } = {},
): Pod {
  return {
    metadata: { name, namespace: 'd', uid: name, ...(deleting && { deletionTimestamp: '2025-01-01T00:00:00Z' }) },
    spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ name: 'http', containerPort: port }] }] },
    status: { phase, podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const nodes: Record<string, Node> = { n1: { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } }, spec: {} } };
const groupsOf = (of: Service, ...pods: Pod[]): ReturnType<typeof desiredGroups> => desiredGroups(of, pods, (name) => nodes[name]);
const groups = (...pods: Pod[]): ReturnType<typeof desiredGroups> => groupsOf(service, ...pods);

test('an endpoint says whether its pod is ready, serving and terminating', () => {
  const conditions = (p: Pod): unknown => groups(p)[0]?.endpoints[0]?.conditions;
  assert.deepEqual(conditions(pod('a')), { ready: true, serving: true, terminating: false });
  assert.deepEqual(conditions(pod('a', { ready: false })), { ready: false, serving: false, terminating: false });
  assert.deepEqual(conditions(pod('a', { deleting: true })), { ready: false, serving: true, terminating: true });
  assert.deepEqual(groups(pod('a'))[0]?.endpoints[0]?.targetRef, { kind: 'Pod', namespace: 'd', name: 'a', uid: 'a' });
  assert.equal(groups(pod('a'))[0]?.endpoints[0]?.zone, 'z1');
});

test('pods without address or at their end are no endpoints; pods with another port, or none, have slices of their own', () => {
  assert.deepEqual(groups(pod('a', { ip: '' }), pod('b', { phase: 'Failed' })), []);
  assert.deepEqual(
    groups(pod('a'), pod('b', { port: 9090 }), { ...pod('c'), spec: { containers: [] } }).map((g) => g.ports[0]?.port),
    [8080, 9090, undefined],
  );
});

test('pods of a node that is gone are no endpoints, unless the service asks for all', () => {
  const lost = { ...pod('a'), spec: { ...pod('a').spec, nodeName: 'gone' } };
  assert.deepEqual(groups(lost), []);
  const all = { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } };
  assert.deepEqual(
    groupsOf(all, lost, pod('b', { ready: false, deleting: true })).flatMap(({ endpoints }) =>
      endpoints.map(({ conditions }) => conditions),
    ),
    [
      { ready: true, serving: true, terminating: false },
      { ready: true, serving: false, terminating: true },
    ],
  );
});

test('where a pod has a name in the zone of its service, the endpoint has it', () => {
  const named = { ...pod('a'), spec: { ...pod('a').spec, hostname: 'web-0', subdomain: 'web' } };
  assert.equal(groups(named)[0]?.endpoints[0]?.hostname, 'web-0');
  assert.equal(groups({ ...named, spec: { ...named.spec, subdomain: 'other' } })[0]?.endpoints[0]?.hostname, undefined);
});

test('hints follow trafficDistribution, on endpoints that are ready', () => {
  const zone = { forZones: [{ name: 'z1' }] };
  const table: [distribution: string | undefined, hints: unknown][] = [
    [undefined, undefined],
    ['PreferClose', zone],
    ['PreferSameZone', zone],
    ['PreferSameNode', { ...zone, forNodes: [{ name: 'n1' }] }],
  ];
  for (const [trafficDistribution, hints] of table) {
    const of = { ...service, spec: { ...service.spec, ...(trafficDistribution && { trafficDistribution }) } };
    const [group] = groupsOf(of, pod('a'), pod('b', { ready: false }));
    assert.deepEqual(
      group?.endpoints.map((endpoint) => endpoint.hints),
      [hints, undefined],
      trafficDistribution,
    );
  }
});
