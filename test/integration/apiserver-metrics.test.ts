/** metrics.k8s.io: a kubelet that counts tells what its node and pods use; kubectl top prints it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { NodeMetrics, PodMetrics } from '@t8s/api';
import type { KubeList, KubeObject } from '@t8s/meta';
import { type CountingKubelet, startCountingKubelet } from './counting-kubelet.ts';
import { type Cluster, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';
import { refused, send } from './served-resource.ts';

let cluster: Cluster;
let kubelet: CountingKubelet;
const api = '/apis/metrics.k8s.io/v1beta1';

before(async () => {
  cluster = await startCluster();
  const { admin } = cluster.api;
  kubelet = await startCountingKubelet(cluster);
  kubelet.use('c', 0.25);
  await send(admin, 'POST', '/api/v1/nodes', { body: { metadata: { name: 'down' } } });
  const status = { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], daemonEndpoints: { kubeletEndpoint: { Port: 1 } } };
  await merge('/api/v1/nodes/down/status', { status });
  for (const [name, phase] of [
    ['busy', 'Running'],
    ['waiting', 'Pending'],
  ]) {
    const spec = { nodeName: kubelet.node, containers: [{ name: 'c', image: 'i' }] };
    await send(admin, 'POST', '/api/v1/namespaces/default/pods', { body: { metadata: { name, labels: { app: name } }, spec } });
    await merge(`/api/v1/namespaces/default/pods/${name}/status`, { status: { phase } });
  }
});
after(async () => {
  kubelet?.stop();
  await cluster.stop();
});

const merge = (path: string, body: object) =>
  send(cluster.api.admin, 'PATCH', path, { body, 'content-type': 'application/merge-patch+json' });

test('a node that answers is told of, one that does not is left out', async () => {
  const { json } = await send<KubeList<NodeMetrics>>(cluster.api.admin, 'GET', `${api}/nodes`);
  const [only, ...more] = json.items;
  assert.deepEqual(more, []);
  assert.deepEqual([only?.metadata.name, only?.metadata.labels, only?.usage['memory']], ['counting', { kind: 'test' }, '512Mi']);
  assert.match(only?.usage['cpu'] ?? '', /^(49\d|50\d)\d*[mun]$/);
  assert.match(only?.window ?? '', /^2(\.\d+)?s$/);
  const { message } = await refused(cluster.api.admin, 'GET', `${api}/nodes/down`);
  assert.equal(message, 'nodemetrics.metrics.k8s.io "down" not found');
});

test('pods are told of by container, once they run; who asks again so soon is answered from what is known', async () => {
  const before = kubelet.asked();
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
  assert.equal(kubelet.asked(), before);
});

test('kubectl top', async () => {
  const kubectl = await kubectlOf(cluster);
  assert.match(await kubectl(['top', 'nodes', '--no-headers']), /^counting +(49\d|50\d)m +2[45]% +512Mi +25% *\n(down +<unknown>.*\n)?$/);
  assert.match(await kubectl(['top', 'pods', '--containers', '--no-headers']), /^busy +c +2[45]\dm +32Mi *\n$/);
});
