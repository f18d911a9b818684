/** The API as the reference client for JavaScript sees it: objects of any kind, and informers that must not miss anything. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';
import { eventually } from '@t8s/testkit';
import { type Apiserver, type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());

function configOf({ connection, url }: Apiserver): KubeConfig {
  const base64 = (text: string | undefined): string => Buffer.from(text ?? '').toString('base64');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 't8s', server: url, caData: base64(connection.ca), skipTLSVerify: false },
    { name: 'admin', certData: base64(connection.cert), keyData: base64(connection.key) },
  );
  return config;
}

const namespace = 'default';

test('an informer sees every object come, change and go, and what did while it looked away', async () => {
  const config = configOf(cluster.api);
  const core = config.makeApiClient(CoreV1Api);
  const labels = { watched: 'yes' };
  const create = (name: string): Promise<V1ConfigMap> =>
    core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels }, data: { v: '0' } } });
  await create('first');
  const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'watched' });
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list, 'watched');
  const seen: string[] = [];
  for (const verb of ['add', 'update', 'delete'] as const)
    informer.on(verb, ({ metadata, data }) => seen.push(`${verb} ${metadata?.name} ${data?.['v']}`));
  // Its own stop is an error to it.
  informer.on('error', (error: Error) => error.name !== 'AbortError' && seen.push(`error ${error.message}`));
  await informer.start();
  try {
    const told = (...lines: string[]): Promise<void> => eventually(() => assert.deepEqual(seen, lines));
    await told('add first 0');
    await create('second');
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'other' } } });
    await core.patchNamespacedConfigMap(
      { name: 'first', namespace, body: { data: { v: '1' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    await core.deleteNamespacedConfigMap({ name: 'second', namespace });
    const known = ['add first 0', 'add second 0', 'update first 1', 'delete second 0'];
    await told(...known);
    assert.deepEqual(
      informer.list(namespace)?.map(({ metadata }) => metadata?.name),
      ['first'],
    );
    await informer.stop();
    await core.patchNamespacedConfigMap(
      { name: 'first', namespace, body: [{ op: 'replace', path: '/data/v', value: '2' }] },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    );
    await create('third');
    await informer.start();
    await told(...known, 'update first 2', 'add third 0');
  } finally {
    await informer.stop();
  }
});

test('objects of any kind are made, read, patched and deleted by what they say of themselves', async () => {
  const objects = KubernetesObjectApi.makeApiClient(configOf(cluster.api));
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] },
  };
  const body: V1Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
  };
  const created = await objects.create(body);
  assert.ok(created.metadata?.creationTimestamp instanceof Date);
  const read = await objects.read<V1Deployment>({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace } });
  assert.deepEqual([read.spec?.replicas, read.spec?.strategy?.rollingUpdate?.maxSurge], [2, '25%']);
  const patch = { ...body, spec: { template: { spec: { containers: [{ name: 'c', image: 'j' }] } } } } as unknown as V1Deployment;
  const patched = await objects.patch(patch, undefined, undefined, undefined, undefined, PatchStrategy.StrategicMergePatch);
  const [container] = patched.spec?.template.spec?.containers ?? [];
  assert.deepEqual([container?.image, container?.ports?.[0]?.containerPort, patched.spec?.replicas], ['j', 80, 2]);
  const applied = await objects.patch(
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace, labels: { by: 'apply' } } } as V1Deployment,
    undefined,
    undefined,
    'applier',
    true,
    PatchStrategy.ServerSideApply,
  );
  assert.equal(applied.metadata?.labels?.['by'], 'apply');
  assert.deepEqual(
    (await objects.list('apps/v1', 'Deployment', namespace)).items.map(({ metadata }) => metadata?.name),
    ['web'],
  );
  const status = await objects.delete(body);
  assert.equal(status.status, 'Success');
  await assert.rejects(
    objects.read(created as { metadata: { name: string; namespace: string } }),
    (error: { code?: number }) => error.code === 404,
  );
});
