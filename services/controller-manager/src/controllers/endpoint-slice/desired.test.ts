import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice, Pod, Service } from '@t8s/api';
import { desiredGroups, maxEndpoints, plan } from './desired.ts';

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

const groups = (...pods: Pod[]): ReturnType<typeof desiredGroups> => desiredGroups(service, pods, () => 'z1');
const slice = (ports: EndpointSlice['ports'], endpoints: EndpointSlice['endpoints']): EndpointSlice => ({
  metadata: { name: 's' },
  addressType: 'IPv4',
  ports,
  endpoints,
});

test('an endpoint says whether its pod is ready, serving and terminating', () => {
  const conditions = (p: Pod): unknown => groups(p)[0]?.endpoints[0]?.conditions;
  assert.deepEqual(conditions(pod('a')), { ready: true, serving: true, terminating: false });
  assert.deepEqual(conditions(pod('a', { ready: false })), { ready: false, serving: false, terminating: false });
  assert.deepEqual(conditions(pod('a', { deleting: true })), { ready: false, serving: true, terminating: true });
  assert.deepEqual(groups(pod('a'))[0]?.endpoints[0]?.targetRef, { kind: 'Pod', namespace: 'd', name: 'a', uid: 'a' });
  assert.equal(groups(pod('a'))[0]?.endpoints[0]?.zone, 'z1');
});

test('pods without address or at their end are no endpoints; pods with another port have slices of their own', () => {
  assert.deepEqual(groups(pod('a', { ip: '' }), pod('b', { phase: 'Failed' })), []);
  assert.deepEqual(
    groups(pod('a'), pod('b', { port: 9090 })).map((g) => g.ports[0]?.port),
    [8080, 9090],
  );
});

test('endpoints stay where they are, slices fill up before new ones are made', () => {
  const many = Array.from({ length: maxEndpoints + 5 }, (_, i) => pod(`p${i}`));
  const first = plan(groups(...many), []);
  assert.deepEqual(
    first.create.map((g) => g.endpoints.length),
    [maxEndpoints, 5],
  );
  const existing = first.create.map((g) => slice(g.ports, g.endpoints));
  assert.deepEqual(plan(groups(...many), existing), { create: [], update: [], remove: [] });
  const grown = plan(groups(...many, pod('new')), existing);
  assert.deepEqual(
    grown.update.map((u) => [u.slice === existing[1], u.endpoints.length]),
    [[true, 6]],
  );
  const swapped = plan(groups(...many.slice(1), pod('new')), existing);
  assert.equal(swapped.update.length, 1, 'the slice that changes anyway takes the newcomer');
  assert.equal(swapped.update[0]?.endpoints.length, maxEndpoints);
});

test('a service without endpoints keeps one empty slice', () => {
  assert.deepEqual(plan([], []).create, [{ ports: [], endpoints: [] }]);
  const last = slice([{ port: 1 }], groups(pod('a'))[0]?.endpoints ?? []);
  assert.deepEqual(plan([], [last]), { create: [], update: [{ slice: last, endpoints: [] }], remove: [] });
  assert.deepEqual(plan([], [slice([], [])]), { create: [], update: [], remove: [] });
});
