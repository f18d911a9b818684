import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CustomResourceDefinition, customResourceDefinitionKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { EtcdStore, encodeObject, startEtcd, WatchCache } from '@t8s/storage';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { ServedResources } from '../registry/served-resources.ts';
import { renaming } from './conversion/converter.ts';
import { CustomResources } from './custom-resources.ts';

const definition = (plural: string, more: object = {}): CustomResourceDefinition => ({
  metadata: { name: `${plural}.example.com`, uid: plural },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural, kind: plural.toUpperCase() },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    ...more,
  },
  status: { conditions: [{ type: 'Established', status: 'True' }] },
});

test('established definitions are served from the first fill on, their changes at once, and one that makes no sense harms no other', async () => {
  const etcd = await startEtcd();
  const store = new EtcdStore({ endpoints: [etcd.endpoint] });
  const put = (crd: CustomResourceDefinition): Promise<number> =>
    store.create(`/registry/customresourcedefinitions/${crd.metadata.name}`, encodeObject(crd));
  await put(definition('books'));
  await put(definition('broken', { versions: [] }));
  const cache = new WatchCache({ store, prefix: '/registry/', resources: { customresourcedefinitions: {} }, log: silentLogger });
  const served = new ServedResources([]);
  const custom = new CustomResources({
    cache,
    served,
    definitions: new FakeClient().resource(customResourceDefinitionKind),
    converter: () => renaming,
    remove: async () => undefined,
    log: silentLogger,
  });
  const abort = new AbortController();
  const running = [custom.run(abort.signal), cache.run(abort.signal)];
  const names = (): string[] => served.kinds.map(({ resource, version }) => `${resource}/${version}`);
  try {
    await cache.consistent();
    assert.deepEqual(names(), ['books/v1']);
    const revision = await put(definition('pens'));
    await cache.waitFor(revision);
    assert.deepEqual(names(), ['books/v1', 'pens/v1']);
    const books = served.find('example.com', 'v1', 'books');
    const object: KubeObject = { apiVersion: 'example.com/v1', kind: 'BOOKS', metadata: { name: 'a' } };
    await cache.waitFor(await store.create('/registry/example.com/books/a', encodeObject(object)));
    const shown = await books?.form?.cache();
    assert.deepEqual(
      [...(shown?.cache.range() ?? [])].map(({ key }) => key),
      ['a'],
    );
    let isOver = false;
    shown?.cache.watch({ deliver: () => undefined, expired: () => (isOver = true) }, cache.revision);
    await cache.waitFor(await store.delete('/registry/customresourcedefinitions/books.example.com', 2));
    assert.deepEqual([names(), isOver], [['pens/v1'], true]);
  } finally {
    abort.abort();
    await Promise.all(running);
    store.close();
    await etcd.stop();
  }
});
