/** Versions of custom resources: stored in one, read, watched and written in each, converted by nobody or by a webhook. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CustomResourceDefinition, customResourceDefinitionKind, serviceKind } from '@t8s/api';
import type { Client, ResourceClient } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import { EtcdStore } from '@t8s/storage';
import { eventually } from '@t8s/testkit';
import { type ConversionWebhook, startConversionWebhook } from './conversion-webhook.ts';
import { type CronTab, cronTab, cronTabs as cronTabsOf, define, definition, refusal, version } from './cron-tabs.ts';
import { type Apiserver, type Cluster, startCluster } from './harness.ts';
import { metricOf } from './metric-of.ts';

type Json = Record<string, unknown>;

let cluster: Cluster;
let admin: Client;
let second: Apiserver;
let store: EtcdStore;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  second = await cluster.startApiserver();
  store = new EtcdStore({ endpoints: [cluster.etcd.endpoint] });
});
after(async () => {
  store.close();
  await cluster.stop();
});

const cronTabs = (group: string, as: string, client = admin): ResourceClient<CronTab> => cronTabsOf(client, group, as);
const stored = async (group: string, name: string): Promise<CronTab> =>
  JSON.parse((await store.get(`/registry/${group}/crontabs/default/${name}`))?.value.toString() ?? '{}') as CronTab;

/** v2 has the parts of v1's `cronSpec` apart. */
const v2 = (more: Json = {}): Json =>
  version('v2', {
    storage: false,
    selectableFields: undefined,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: { minute: { type: 'string' }, hour: { type: 'string' }, host: { type: 'string', default: 'any' } },
          },
        },
      },
    },
    ...more,
  });

function convert(object: KubeObject, apiVersion: string): KubeObject {
  const { spec = {}, ...rest } = object as CronTab;
  if (apiVersion.endsWith('/v2')) {
    const { cronSpec = '', ...others } = spec;
    const [minute, hour] = String(cronSpec).split(' ');
    return { ...rest, spec: { ...others, minute, hour } } as KubeObject;
  }
  const { minute, hour, ...others } = spec;
  return { ...rest, spec: { ...others, cronSpec: `${minute} ${hour}` } } as KubeObject;
}

async function withWebhook(group: string, use: (webhook: ConversionWebhook) => Promise<void>): Promise<void> {
  const webhook = await startConversionWebhook(convert);
  try {
    const crd = definition(group, [version('v1'), v2()]);
    crd.spec.conversion = { strategy: 'Webhook', webhook: { clientConfig: webhook.clientConfig, conversionReviewVersions: ['v1'] } };
    await define(admin, crd);
    await use(webhook);
  } finally {
    await webhook.stop();
  }
}

test('strategy None: versions differ in name and in what their schemas know; what is not served is not found', async () => {
  const group = 'none.example.com';
  const crd = definition(group, [version('v1', { served: true }), v2(), version('v3', { storage: false, served: false })]);
  await define(admin, crd);
  await cronTabs(group, 'v1').create(cronTab(group, 'a', { cronSpec: '1 2', image: 'i' }));
  const other = await cronTabs(group, 'v2').get({ namespace: 'default', name: 'a' });
  assert.equal(other.apiVersion, `${group}/v2`);
  assert.deepEqual(other.spec, {});
  await cronTabs(group, 'v2').create(cronTab(group, 'b', { minute: '5' }, `${group}/v2`));
  assert.deepEqual((await stored(group, 'b')).apiVersion, `${group}/v1`);
  // As the wire has it: of custom items, each says what it is.
  const { body } = await admin.request({ method: 'GET', path: `/apis/${group}/v1/namespaces/default/crontabs` });
  assert.deepEqual(
    (JSON.parse(body.toString()) as { items: CronTab[] }).items.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name]),
    [
      [`${group}/v1`, 'CronTab', 'a'],
      [`${group}/v1`, 'CronTab', 'b'],
    ],
  );
  const { message, code } = await refusal(cronTabs(group, 'v3').list({ namespace: 'default' }));
  assert.deepEqual([message, code], ['the server could not find the requested resource', 404]);
});

test('a webhook converts: writes to the storage version, reads and lists in one request, watches for all who watch', async () => {
  const group = 'webhook.example.com';
  await withWebhook(group, async (webhook) => {
    await cronTabs(group, 'v1').create(cronTab(group, 'a', { cronSpec: '1 2' }));
    assert.equal(webhook.requests.length, 0, 'nothing to convert');
    const shown = await cronTabs(group, 'v2').get({ namespace: 'default', name: 'a' });
    assert.deepEqual(shown.spec, { minute: '1', hour: '2' });
    const created = await cronTabs(group, 'v2').create(cronTab(group, 'b', { minute: '3', hour: '4' }, `${group}/v2`));
    assert.deepEqual((await stored(group, 'b')).spec, { cronSpec: '3 4' });
    assert.deepEqual(created.spec, { minute: '3', hour: '4' }, 'what v1 does not know is not kept');
    const abort = new AbortController();
    const watches = await Promise.all(
      ['v1', 'v2', 'v2'].map(async (as) => {
        const { metadata } = await cronTabs(group, as).list({ namespace: 'default' });
        return told(
          cronTabs(group, as).watch({ namespace: 'default', resourceVersion: metadata.resourceVersion ?? '', signal: abort.signal }),
          21,
        );
      }),
    );
    const before = webhook.requests.length;
    for (let i = 0; i < 20; i++) await cronTabs(group, 'v1').create(cronTab(group, `n${i}`, { cronSpec: `${i} 0` }));
    await cronTabs(group, 'v2').patch({ namespace: 'default', name: 'n7' }, { type: 'merge', body: { spec: { minute: '77' } } });
    const [first, ...others] = await Promise.all(watches.map(({ events }) => events));
    abort.abort();
    assert.deepEqual(first?.at(-1), ['MODIFIED', `${group}/v1`, 'n7', { cronSpec: '77 0', replicas: 1 }]);
    for (const other of others) assert.deepEqual(other.at(-1), ['MODIFIED', `${group}/v2`, 'n7', { minute: '77', hour: '0' }]);
    assert.equal(others.map((events) => events.length).join(), '21,21');
    const asked = webhook.requests.slice(before).flatMap(({ objects }) => objects.map(({ metadata }) => metadata.name));
    assert.ok(asked.length <= 21 + 3, `each version is converted once for all who watch, not ${asked.length} times`);
    const { items } = await cronTabs(group, 'v2', second.admin).list({ namespace: 'default' });
    assert.equal(webhook.requests.at(-1)?.objects.length, 22, 'another apiserver asks for a whole list at once');
    assert.ok(items.every(({ apiVersion }) => apiVersion === `${group}/v2`));
  });
});

/** The first events of a watch: type, version, name, spec. */
function told(watch: AsyncIterable<{ type: string; object: CronTab }>, count: number): { events: Promise<unknown[][]> } {
  const read = async (): Promise<unknown[][]> => {
    const events: unknown[][] = [];
    for await (const { type, object } of watch) {
      events.push([type, object.apiVersion, object.metadata.name, object.spec]);
      if (events.length === count) break;
    }
    return events;
  };
  return { events: read() };
}

test('a webhook behind a service is known by the name of its service', async () => {
  const group = 'service.example.com';
  await withWebhook(group, async ({ port, clientConfig: { caBundle } }) => {
    const definitions = admin.resource(customResourceDefinitionKind);
    const service = { namespace: 'default', name: 'hook', path: '/convert', port };
    const clientConfig = { url: null, service, caBundle };
    const patch = { type: 'merge', body: { spec: { conversion: { webhook: { clientConfig } } } } } as const;
    await definitions.patch({ name: `crontabs.${group}` }, patch);
    await cronTabs(group, 'v1').create(cronTab(group, 'a', { cronSpec: '1 2' }));
    const read = (): Promise<CronTab> => cronTabs(group, 'v2').get({ namespace: 'default', name: 'a' });
    assert.match(
      (await refusal(read())).message ?? '',
      /^conversion webhook for service\.example\.com\/v1, Kind=CronTab failed: Post "https:\/\/hook\.default\.svc:\d+\/convert\?timeout=30s": services? "hook" not found$/,
    );
    const spec = { type: 'ExternalName', externalName: 'localhost' };
    await admin.resource(serviceKind).create({ metadata: { name: 'hook', namespace: 'default' }, spec });
    assert.deepEqual((await read()).spec, { minute: '1', hour: '2' });
  });
});

test('managers of fields meet each other across versions', async () => {
  const group = 'managed.example.com';
  await withWebhook(group, async () => {
    const apply = async (as: string, spec: Json, manager: string): Promise<CronTab> => {
      const body = cronTab(group, 'a', spec, `${group}/${as}`);
      return cronTabs(group, as).patch({ namespace: 'default', name: 'a' }, { type: 'apply', body, fieldManager: manager });
    };
    await apply('v1', { cronSpec: '1 2', image: 'i' }, 'one');
    const { reason, details } = await refusal(apply('v2', { minute: '5', hour: '2' }, 'two'));
    assert.equal(reason, 'Conflict');
    assert.deepEqual(
      details?.causes?.map(({ field, message }) => `${field} ${message}`),
      ['.spec.cronSpec conflict with "one"'],
    );
    const same = await apply('v2', { minute: '1', hour: '2' }, 'two');
    assert.deepEqual(same.metadata.managedFields?.map(({ manager, apiVersion }) => `${manager} ${apiVersion}`).sort(), [
      `one ${group}/v1`,
      `two ${group}/v2`,
    ]);
  });
});

test('another storage version: what is written again is stored in it; rules of today hold for what was stored before', async () => {
  const group = 'moving.example.com';
  const definitions = admin.resource(customResourceDefinitionKind);
  const crd = await define(admin, definition(group));
  await cronTabs(group, 'v1').create(cronTab(group, 'old', { image: 'i' }));
  const { metadata } = await cronTabs(group, 'v1').list({ namespace: 'default' });
  const watch = cronTabs(group, 'v1')
    .watch({ namespace: 'default', resourceVersion: metadata.resourceVersion ?? '' })
    [Symbol.asyncIterator]();
  const first = watch.next();
  await cronTabs(group, 'v1').create(cronTab(group, 'new'));
  assert.equal(((await first).value as { object: CronTab }).object.metadata.name, 'new');
  const ended = watch.next();
  const tagged = version('v1', { storage: false }) as Json & {
    schema: { openAPIV3Schema: { properties: { spec: { properties: Json } } } };
  };
  tagged.schema.openAPIV3Schema = structuredClone(tagged.schema.openAPIV3Schema);
  tagged.schema.openAPIV3Schema.properties.spec.properties['tag'] = { type: 'string', default: 'latest' };
  const next = {
    ...crd,
    spec: {
      ...crd.spec,
      versions: [tagged, version('v2', { selectableFields: undefined })] as unknown as CustomResourceDefinition['spec']['versions'],
    },
  };
  const updated = await definitions.update(next);
  assert.deepEqual(updated.status?.storedVersions, ['v1', 'v2']);
  await eventually(async () => {
    const { spec } = await cronTabs(group, 'v1').get({ namespace: 'default', name: 'old' });
    assert.deepEqual(spec, { image: 'i', replicas: 1, tag: 'latest' });
  });
  assert.equal((await ended).done, true, 'quietly, for the client to go on there');
  assert.equal((await stored(group, 'old')).apiVersion, `${group}/v1`);
  await cronTabs(group, 'v2').patch({ namespace: 'default', name: 'old' }, { type: 'merge', body: {} });
  assert.deepEqual((await stored(group, 'old')).apiVersion, `${group}/v2`);
});

test('two apiservers agree: what one has established the other serves, and conflicts are decided once', async () => {
  const group = 'shared.example.com';
  const definitions = admin.resource(customResourceDefinitionKind);
  await define(admin, definition(group));
  const published = async (): Promise<void> => {
    const { resources } = await second.admin.getJson<{ resources: { name: string }[] }>(`/apis/${group}/v1`);
    assert.deepEqual(
      resources.map(({ name }) => name),
      ['crontabs', 'crontabs/scale', 'crontabs/status'],
    );
    const { paths } = await second.admin.getJson<{ paths: object }>('/openapi/v3');
    assert.ok(`apis/${group}/v1` in paths);
  };
  await eventually(published, 1000);
  await cronTabs(group, 'v1', second.admin).create(cronTab(group, 'a'));
  const rival = definition(group, [version('v1')], { plural: 'rivals', singular: 'rival', shortNames: ['ct'] });
  rival.metadata.name = `rivals.${group}`;
  await second.admin.resource(customResourceDefinitionKind).create(rival);
  const conditions = async (): Promise<string[]> => {
    const { status } = await definitions.get({ name: `rivals.${group}` });
    return (status?.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);
  };
  await eventually(async () =>
    assert.deepEqual(await conditions(), ['NamesAccepted=False ListKindConflict', 'Established=False NotAccepted']),
  );
  await definitions.delete({ name: `crontabs.${group}` });
  await eventually(async () =>
    assert.deepEqual(await conditions(), ['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']),
  );
});

test('what the webhook does wrong is told', async () => {
  const group = 'wrong.example.com';
  await withWebhook(group, async (webhook) => {
    await cronTabs(group, 'v1').create(cronTab(group, 'a', { cronSpec: '1 2' }));
    const said = async (answer: (uid: string, objects: KubeObject[]) => Json): Promise<string> => {
      webhook.answer(({ uid, objects }) => answer(uid, objects));
      return (await refusal(cronTabs(group, 'v2').get({ namespace: 'default', name: 'a' }))).message ?? '';
    };
    const prefix = `conversion webhook for ${group}/v1, Kind=CronTab`;
    const ok = { status: 'Success' };
    assert.equal(await said((uid) => ({ uid, result: { status: 'Failure', message: 'no idea' } })), `${prefix} failed: no idea`);
    assert.equal(await said((uid) => ({ uid, result: ok, convertedObjects: [] })), `${prefix} returned 0 objects, expected 1`);
    assert.match(await said(() => ({ uid: 'x', result: ok })), /failed: expected response\.uid=".{36}", got "x"$/);
    assert.equal(
      await said((uid, objects) => ({ uid, result: ok, convertedObjects: objects })),
      `${prefix} returned invalid object at index 0: invalid groupVersion (expected ${group}/v2, received ${group}/v1)`,
    );
    const renamed = (object: KubeObject | undefined): Json => ({
      ...object,
      apiVersion: `${group}/v2`,
      metadata: { ...object?.metadata, name: 'other' },
    });
    assert.equal(
      await said((uid, [object]) => ({ uid, result: ok, convertedObjects: [renamed(object)] })),
      `${prefix} returned invalid object: must have the same name: a != other`,
    );
    await webhook.stop();
    const gone = await refusal(cronTabs(group, 'v2').list({ namespace: 'default' }));
    assert.match(
      gone.message ?? '',
      /failed: Post "https:\/\/localhost:\d+\/convert\?timeout=30s": dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/,
    );
    assert.equal(gone.code, 500);
    const failed = { result: 'failure', failure_type: 'conversion_webhook_call_failure' };
    assert.ok(((await metricOf(admin, 'apiserver_conversion_webhook_request_total', failed)) ?? 0) >= 3);
  });
});
