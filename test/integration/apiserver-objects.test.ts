/** Objects through the real apiserver on a real etcd: the verbs, as clients see them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type ConfigMap,
  configMapKind,
  type Deployment,
  deploymentKind,
  ipAddressKind,
  type Pod,
  podKind,
  type Service,
  serviceCidrKind,
  serviceKind,
} from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({ metadata: { name, namespace: 'default' }, data });
const pod = (name: string, labels?: Record<string, string>): Pod => ({
  metadata: { name, namespace: 'default', ...(labels && { labels }) },
  spec: { containers: [{ name: 'c', image: 'i' }] },
});
const ref = (name: string): { namespace: string; name: string } => ({ namespace: 'default', name });

describe('one object', () => {
  const maps = (): ReturnType<typeof admin.resource<ConfigMap>> => admin.resource(configMapKind);

  test('is created with what the server gives, read, changed and deleted', async () => {
    const created = await maps().create(configMap('life', { a: '1' }));
    assert.match(created.metadata.uid ?? '', /^[0-9a-f-]{36}$/);
    assert.match(created.metadata.creationTimestamp ?? '', /^\d{4}-.*Z$/);
    assert.deepEqual([created.kind, created.apiVersion], ['ConfigMap', 'v1']);
    assert.deepEqual(await maps().get(ref('life')), created);
    const updated = await maps().update({ ...created, data: { a: '2' } });
    assert.notEqual(updated.metadata.resourceVersion, created.metadata.resourceVersion);
    const same = await maps().update(updated);
    assert.equal(same.metadata.resourceVersion, updated.metadata.resourceVersion, 'a write that changes nothing is none');
    await maps().delete(ref('life'));
    await assert.rejects(maps().get(ref('life')), { message: 'configmaps "life" not found' });
  });

  test('is written by one of two who read the same version', async () => {
    const created = await maps().create(configMap('race'));
    await maps().update({ ...created, data: { by: 'one' } });
    await assert.rejects(maps().update({ ...created, data: { by: 'two' } }), (error) => isStatus(error, 'Conflict'));
    await assert.rejects(maps().create(configMap('race')), { message: 'configmaps "race" already exists' });
    const increments = Array.from({ length: 10 }, (_, i) =>
      maps().patch(ref('race'), { type: 'merge', body: { data: { [`k${i}`]: 'x' } } }),
    );
    await Promise.all(increments);
    assert.equal(Object.keys((await maps().get(ref('race'))).data ?? {}).length, 11, 'no patch is lost');
  });

  test('is patched in three ways', async () => {
    await maps().create(configMap('patched', { a: '1', b: '2' }));
    const json = [{ op: 'replace', path: '/data/a', value: '9' }];
    assert.deepEqual((await maps().patch(ref('patched'), { type: 'json', body: json })).data, { a: '9', b: '2' });
    assert.deepEqual((await maps().patch(ref('patched'), { type: 'merge', body: { data: { b: null } } })).data, { a: '9' });
    const failing = [{ op: 'test', path: '/data/a', value: 'no' }];
    await assert.rejects(maps().patch(ref('patched'), { type: 'json', body: failing }), (error) => isStatus(error, 'Invalid'));
    await admin.resource(podKind).create(pod('strategic'));
    const strategic = { spec: { containers: [{ name: 'c', image: 'j' }] } };
    const patched = await admin.resource(podKind).patch(ref('strategic'), { type: 'strategic', body: strategic });
    assert.deepEqual([patched.spec.containers.length, patched.spec.containers[0]?.image], [1, 'j']);
  });

  test('gets a generated name, and a dry run leaves no trace', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => maps().create({ metadata: { generateName: 'gen-', namespace: 'default' } })));
    assert.match(one?.metadata.name ?? '', /^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.notEqual(one?.metadata.name, two?.metadata.name);
    const dry = await maps().create(configMap('dry'), { dryRun: true });
    assert.ok(dry.metadata.uid);
    await assert.rejects(maps().get(ref('dry')), (error) => isStatus(error, 'NotFound'));
  });

  test('stays with its finalizers until the last is gone', async () => {
    await maps().create({ ...configMap('held'), metadata: { ...ref('held'), finalizers: ['example.com/hold'] } });
    await maps().delete(ref('held'), { propagationPolicy: 'Foreground' });
    const held = await maps().get(ref('held'));
    assert.ok(held.metadata.deletionTimestamp);
    assert.deepEqual(held.metadata.finalizers, ['example.com/hold', 'foregroundDeletion']);
    await maps().patch(ref('held'), { type: 'merge', body: { metadata: { finalizers: null } } });
    await assert.rejects(maps().get(ref('held')), (error) => isStatus(error, 'NotFound'));
  });

  test('is deleted only as the version or uid the client means', async () => {
    await maps().create(configMap('exact'));
    await assert.rejects(maps().delete(ref('exact'), { preconditions: { uid: 'another' } }), (error) => isStatus(error, 'Conflict'));
    assert.ok(await maps().get(ref('exact')));
  });
});

describe('kinds', () => {
  test('a pod on a node is marked and waits for its kubelet; one without goes at once', async () => {
    await admin.resource(podKind).create(pod('waits'));
    await admin
      .resource(podKind)
      .createSubresource(ref('waits'), 'binding', { metadata: ref('waits'), target: { kind: 'Node', name: 'node-x' } });
    const bound = await admin.resource(podKind).get(ref('waits'));
    assert.equal(bound.spec.nodeName, 'node-x');
    assert.equal(bound.status?.conditions?.find((c) => c.type === 'PodScheduled')?.status, 'True');
    await admin.resource(podKind).delete(ref('waits'));
    const deleting = await admin.resource(podKind).get(ref('waits'));
    assert.equal(deleting.metadata.deletionGracePeriodSeconds, 30);
    await admin.resource(podKind).delete(ref('waits'), { gracePeriodSeconds: 0 });
    await assert.rejects(admin.resource(podKind).get(ref('waits')), (error) => isStatus(error, 'NotFound'));
    await admin.resource(podKind).create(pod('goes'));
    await admin.resource(podKind).delete(ref('goes'));
    await assert.rejects(admin.resource(podKind).get(ref('goes')), (error) => isStatus(error, 'NotFound'));
  });

  test('status is written apart, and counts no generation', async () => {
    const created = await admin.resource(deploymentKind).create(deployment('apart'));
    assert.equal(created.metadata.generation, 1);
    const written = await admin
      .resource(deploymentKind)
      .updateStatus({ ...created, spec: { ...created.spec, replicas: 9 }, status: { replicas: 3 } });
    assert.deepEqual([written.spec.replicas, written.status?.replicas, written.metadata.generation], [1, 3, 1]);
    const metadata = { labels: { by: 'status' }, annotations: { by: 'status' } };
    const marked = await admin.resource(deploymentKind).patch(ref('apart'), { type: 'merge', body: { metadata }, subresource: 'status' });
    assert.deepEqual([marked.metadata.labels, marked.metadata.annotations], [created.metadata.labels, metadata.annotations]);
    await admin.resource(podKind).create(pod('marked'));
    const markedPod = await admin.resource(podKind).patch(ref('marked'), { type: 'merge', body: { metadata }, subresource: 'status' });
    assert.equal(markedPod.metadata.labels?.['by'], 'status', 'few kinds keep labels');
    const scaled = await admin.resource(deploymentKind).updateSubresource<{ spec: { replicas: number } }>(ref('apart'), 'scale', {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: ref('apart'),
      spec: { replicas: 4 },
    });
    assert.equal(scaled.spec.replicas, 4);
    assert.equal((await admin.resource(deploymentKind).get(ref('apart'))).metadata.generation, 2);
  });

  test('pods get the token of their account and the default tolerations', async () => {
    const created = await admin.resource(podKind).create(pod('admitted'));
    assert.equal(created.spec.serviceAccountName, 'default');
    assert.match(created.spec.volumes?.[0]?.name ?? '', /^kube-api-access-[a-z0-9]{5}$/);
    assert.equal(created.spec.containers[0]?.volumeMounts?.[0]?.mountPath, '/var/run/secrets/kubernetes.io/serviceaccount');
    assert.deepEqual(
      created.spec.tolerations?.map((t) => [t.key, t.tolerationSeconds]),
      [
        ['node.kubernetes.io/not-ready', 300],
        ['node.kubernetes.io/unreachable', 300],
      ],
    );
    assert.equal(created.spec.priority, 0);
  });

  test('namespaces guard what is created in them, and end through finalize', async () => {
    const request = { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'ending' } };
    await admin.request({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify(request) });
    await admin.request({ method: 'DELETE', path: '/api/v1/namespaces/ending' });
    await assert.rejects(
      admin.resource(configMapKind).create({ metadata: { name: 'late', namespace: 'ending' } }),
      (error) => isStatus(error, 'Forbidden') && error.message.includes('because it is being terminated'),
    );
    await assert.rejects(admin.resource(configMapKind).create({ metadata: { name: 'x', namespace: 'nowhere' } }), {
      message: 'namespaces "nowhere" not found',
    });
    await admin.request({
      method: 'PUT',
      path: '/api/v1/namespaces/ending/finalize',
      body: JSON.stringify({ ...request, spec: { finalizers: [] } }),
    });
    await assert.rejects(admin.getJson('/api/v1/namespaces/ending'), (error) => isStatus(error, 'NotFound'));
    await assert.rejects(admin.request({ method: 'DELETE', path: '/api/v1/namespaces/default' }), {
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
    });
  });
});

describe('service addresses', () => {
  const service = (name: string, spec: Partial<Service['spec']> = {}): Service => ({
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ port: 80 }], ...spec },
  });

  test('are given once, by two servers at the same time', async () => {
    const other = await cluster.startApiserver(['--service-cluster-ip-range=10.96.0.0/12']);
    const created = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        (i % 2 ? admin : other.admin).resource(serviceKind).create(service(`s${i}`, { type: 'NodePort' })),
      ),
    );
    assert.equal(new Set(created.map((s) => s.spec.clusterIP)).size, 60);
    assert.equal(new Set(created.map((s) => s.spec.ports?.[0]?.nodePort)).size, 60);
    const [first] = created;
    await assert.rejects(
      other.admin.resource(serviceKind).create(service('thief', { clusterIP: first?.spec.clusterIP })),
      (error) => isStatus(error, 'Invalid') && error.message.includes('provided IP is already allocated'),
    );
    await admin.resource(serviceKind).delete(ref('s0'));
    const heir = await other.admin.resource(serviceKind).create(service('heir', { clusterIP: first?.spec.clusterIP }));
    assert.equal(heir.spec.clusterIP, first?.spec.clusterIP);
    const { spec } = await admin.resource(ipAddressKind).get({ name: heir.spec.clusterIP ?? '' });
    assert.deepEqual(spec.parentRef, { resource: 'services', namespace: 'default', name: 'heir' });
    await other.stop();
  });

  test('come from every ServiceCIDR', async () => {
    const ranges = admin.resource(serviceCidrKind);
    const { spec, status } = await ranges.get({ name: 'kubernetes' });
    assert.deepEqual([spec.cidrs, status?.conditions?.[0]?.status], [['10.96.0.0/12'], 'True']);
    const far = (): Promise<Service> => admin.resource(serviceKind).create(service('far', { clusterIP: '203.0.113.1' }));
    await assert.rejects(far, /failed to allocate IP 203\.0\.113\.1: the provided network does not match the current range$/);
    await ranges.create({ metadata: { name: 'far' }, spec: { cidrs: ['203.0.113.0/30'] } });
    assert.equal((await far()).spec.clusterIP, '203.0.113.1');
  });

  test("the server's own is the first, and leads to it", async () => {
    const kubernetes = await admin.resource(serviceKind).get(ref('kubernetes'));
    assert.equal(kubernetes.spec.clusterIP, '10.96.0.1');
    const endpoints = await admin.getJson<{ subsets: { addresses: { ip: string }[] }[] }>(
      '/api/v1/namespaces/default/endpoints/kubernetes',
    );
    assert.equal(endpoints.subsets[0]?.addresses[0]?.ip, '192.0.2.1');
  });
});

function deployment(name: string): Deployment {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  };
}
