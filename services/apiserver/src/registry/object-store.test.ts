import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { EtcdStore, encodeObject, type Store, startEtcd, WatchCache } from '@t8s/storage';
import { silentLogger } from '@t8s/telemetry';
import type { ServedResource } from '../context.ts';
import { ObjectStore } from './object-store.ts';

const resource = { kind: configMapKind, storage: 'configmaps' } as ServedResource;

test('when the log lags while the store answers, reads come from the store; when the store is away they say so', async () => {
  const etcd = await startEtcd();
  const etcdStore = new EtcdStore({ endpoints: [etcd.endpoint], timeout: 1000 });
  const deaf: Store = Object.assign(Object.create(etcdStore) as Store, {
    get: etcdStore.get.bind(etcdStore),
    list: etcdStore.list.bind(etcdStore),
    currentRevision: etcdStore.currentRevision.bind(etcdStore),
    watch: ({ signal }: { signal: AbortSignal }) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  });
  const cache = new WatchCache({ store: deaf, prefix: '/registry/', resources: { configmaps: {} }, log: silentLogger });
  const objects = new ObjectStore({ store: etcdStore, cache, eventTtlSeconds: 3600 });
  const abort = new AbortController();
  const running = cache.run(abort.signal);
  try {
    await cache.consistent();
    const written = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { namespace: 'd', name: 'a' } };
    const revision = await etcdStore.create('/registry/configmaps/d/a', encodeObject(written));
    const found = await objects.get(resource, 'd', 'a');
    assert.equal(found.revision, revision);
    assert.deepEqual(JSON.parse(found.bytes.toString()), {
      ...written,
      metadata: { ...written.metadata, resourceVersion: String(revision) },
    });
    await etcd.kill();
    await assert.rejects(objects.get(resource, 'd', 'a'), (e) => isStatus(e, 'ServiceUnavailable'));
  } finally {
    abort.abort();
    await running;
    etcdStore.close();
    await etcd.stop();
  }
});
