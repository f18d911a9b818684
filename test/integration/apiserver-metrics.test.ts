/** metrics.k8s.io: a kubelet that counts tells what its node and pods use; kubectl top prints it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { NodeMetrics, PodMetrics } from '@t8s/api';
import type { KubeList, KubeObject } from '@t8s/meta';
import { type Cluster, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';
import { refused, send } from './served-resource.ts';

let cluster: Cluster;
let kubelet: Server;
let asked = 0;
const started = Date.now();
const api = '/apis/metrics.k8s.io/v1beta1';

/** The node uses half a core, the container a quarter. */
function counters(): string {
  const now = Date.now();
  const seconds = (now - started) / 1000;
  const labels = '{container="c",namespace="default",pod="busy"}';
  return `node_cpu_usage_seconds_total ${1000 + seconds / 2} ${now}
node_memory_working_set_bytes ${512 * 1024 * 1024} ${now}
container_cpu_usage_seconds_total${labels} ${seconds / 4} ${now}
container_memory_working_set_bytes${labels} ${32 * 1024 * 1024} ${now}
container_start_time_seconds${labels} ${started / 1000}
`;
}

before(async () => {
  cluster = await startCluster();
  const { pki, api: server } = cluster;
  const [cert, key] = ['apiserver.crt', 'apiserver.key'].map((name) => readFileSync(pki.file(name), 'utf8'));
  kubelet = createServer({ cert, key, ca: pki.ca, requestCert: true }, ({ url, socket }, answer) => {
    asked += url === '/metrics/resource' ? 1 : 0;
    assert.ok('authorized' in socket && socket.authorized, 'the apiserver shows its certificate');
    answer.end(counters());
  });
  await once(kubelet.listen(0, '127.0.0.1'), 'listening');
  for (const [name, port] of [['up', (kubelet.address() as AddressInfo).port] as const, ['down', 1] as const]) {
    await send(server.admin, 'POST', '/api/v1/nodes', { body: { metadata: { name, labels: { kind: 'test' } } } });
    const status = {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      allocatable: { cpu: '2', memory: '2Gi' },
    };
    await merge(`/api/v1/nodes/${name}/status`, { status });
  }
  for (const [name, phase] of [
    ['busy', 'Running'],
    ['waiting', 'Pending'],
  ]) {
    const spec = { nodeName: 'up', containers: [{ name: 'c', image: 'i' }] };
    await send(server.admin, 'POST', '/api/v1/namespaces/default/pods', { body: { metadata: { name, labels: { app: name } }, spec } });
    await merge(`/api/v1/namespaces/default/pods/${name}/status`, { status: { phase } });
  }
});
after(async () => {
  kubelet?.close();
  await cluster.stop();
});

const merge = (path: string, body: object) =>
  send(cluster.api.admin, 'PATCH', path, { body, 'content-type': 'application/merge-patch+json' });

test('a node that answers is told of, one that does not is left out', async () => {
  const { json } = await send<KubeList<NodeMetrics>>(cluster.api.admin, 'GET', `${api}/nodes`);
  const [only, ...more] = json.items;
  assert.deepEqual(more, []);
  assert.deepEqual([only?.metadata.name, only?.metadata.labels, only?.usage['memory']], ['up', { kind: 'test' }, '512Mi']);
  assert.match(only?.usage['cpu'] ?? '', /^(49\d|50\d)\d*[mun]$/);
  assert.match(only?.window ?? '', /^2(\.\d+)?s$/);
  const { message } = await refused(cluster.api.admin, 'GET', `${api}/nodes/down`);
  assert.equal(message, 'nodemetrics.metrics.k8s.io "down" not found');
});

test('pods are told of by container, once they run; who asks again so soon is answered from what is known', async () => {
  const before = asked;
  const { json } = await send<KubeList<PodMetrics>>(cluster.api.admin, 'GET', `${api}/pods?labelSelector=app`);
  assert.deepEqual(
    json.items.map(({ metadata, containers }) => [
      metadata.namespace,
      metadata.name,
      containers.map(({ name, usage }) => [name, usage['memory']]),
    ]),
    [['default', 'busy', [['c', '32Mi']]]],
  );
  const { json: table } = await send<KubeObject & { columnDefinitions: { name: string }[] }>(
    cluster.api.admin,
    'GET',
    `${api}/namespaces/default/pods/busy`,
    {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    },
  );
  assert.deepEqual(
    table.columnDefinitions.map(({ name }) => name),
    ['Name', 'cpu', 'memory', 'Window'],
  );
  const { message } = await refused(cluster.api.admin, 'GET', `${api}/namespaces/default/pods/waiting`);
  assert.equal(message, 'podmetrics.metrics.k8s.io "default/waiting" not found');
  assert.equal(asked, before);
});

test('kubectl top', async () => {
  const kubectl = await kubectlOf(cluster);
  assert.match(await kubectl(['top', 'nodes', '--no-headers']), /^up +(49\d|50\d)m +2[45]% +512Mi +25% *\n(down +<unknown>.*\n)?$/);
  assert.match(await kubectl(['top', 'pods', '--containers', '--no-headers']), /^busy +c +2[45]\dm +32Mi *\n$/);
});
