/** Deletions of the real apiserver: when, how, of what, and what is said of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '@t8s/client';
import type { KubeList, KubeObject, Status } from '@t8s/meta';
import { type Cluster, startCluster } from './harness.ts';
import { refused, send } from './served-resource.ts';
import { WatchLines } from './watch-lines.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const core = '/api/v1/namespaces/default';
const maps = `${core}/configmaps`;
const make = async (path: string, body: object): Promise<KubeObject> => (await send(admin, 'POST', path, { body })).json;
const map = (name: string, metadata: object = {}): Promise<KubeObject> => make(maps, { metadata: { name, ...metadata } });
const pod = (name: string, nodeName?: string): Promise<KubeObject> =>
  make(`${core}/pods`, {
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 40, ...(nodeName && { nodeName }) },
  });
const finalizersAfter = async (path: string, query: string): Promise<string[] | undefined> => {
  await send(admin, 'DELETE', `${path}?${query}`);
  return (await send(admin, 'GET', path)).json.metadata.finalizers;
};

test('what goes is told by a Status or as it was; what stays as it is, and 202 where dependents go first', async () => {
  const { metadata } = await map('plain');
  const { json } = await send<Status>(admin, 'DELETE', `${maps}/plain`);
  assert.deepEqual(json, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: 'plain', kind: 'configmaps', uid: metadata.uid },
  });
  const service = await make(`${core}/services`, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } });
  const deleted = (await send(admin, 'DELETE', `${core}/services/s`)).json;
  assert.deepEqual([deleted.kind, deleted.metadata.uid], ['Service', service.metadata.uid]);
  assert.ok(Number(deleted.metadata.resourceVersion) > Number(service.metadata.resourceVersion));
  await pod('quick');
  const quick = (await send(admin, 'DELETE', `${core}/pods/quick`)).json;
  assert.deepEqual([quick.kind, quick.metadata.deletionGracePeriodSeconds], ['Pod', 0]);
  await map('cascade');
  const cascade = await send(admin, 'DELETE', `${maps}/cascade`, { body: { propagationPolicy: 'Foreground' } });
  assert.deepEqual([cascade.status, cascade.json.metadata.finalizers], [202, ['foregroundDeletion']]);
});

test('an end that is set is only brought forward', async () => {
  const path = `${core}/pods/slow`;
  await pod('slow', 'node-x');
  const first = (await send(admin, 'DELETE', path)).json.metadata;
  assert.equal(first.deletionGracePeriodSeconds, 40);
  for (const body of [{}, { gracePeriodSeconds: 50 }, { propagationPolicy: 'Foreground' }])
    assert.deepEqual((await send(admin, 'DELETE', path, { body })).json.metadata, first, JSON.stringify(body));
  const sooner = (await send(admin, 'DELETE', `${path}?gracePeriodSeconds=10`)).json.metadata;
  assert.equal(sooner.deletionGracePeriodSeconds, 10);
  assert.equal(Date.parse(first.deletionTimestamp ?? '') - Date.parse(sooner.deletionTimestamp ?? ''), 30_000);
  await send(admin, 'DELETE', path, { body: { apiVersion: 'apps/v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 } });
  assert.equal((await refused(admin, 'GET', path)).reason, 'NotFound');
});

test('dependents are orphaned, awaited or left to the collector, as asked, as set, or as the kind has it', async () => {
  const hold = { finalizers: ['example.com/hold'] };
  const cases: [query: string, finalizers: string[]][] = [
    ['', ['example.com/hold']],
    ['propagationPolicy=Background', ['example.com/hold']],
    ['propagationPolicy=Orphan', ['example.com/hold', 'orphan']],
    ['orphanDependents=true', ['example.com/hold', 'orphan']],
    ['orphanDependents=false', ['example.com/hold']],
    ['propagationPolicy=Foreground', ['example.com/hold', 'foregroundDeletion']],
  ];
  for (const [i, [query, finalizers]] of cases.entries()) {
    await map(`held-${i}`, hold);
    assert.deepEqual(await finalizersAfter(`${maps}/held-${i}`, query), finalizers, query);
  }
  assert.deepEqual(await finalizersAfter(`${maps}/held-5`, 'propagationPolicy=Orphan'), ['example.com/hold', 'orphan']);
  await map('set', { finalizers: ['foregroundDeletion'] });
  assert.deepEqual(await finalizersAfter(`${maps}/set`, ''), ['foregroundDeletion']);
  await make(`${core}/replicationcontrollers`, {
    metadata: { name: 'r' },
    spec: {
      replicas: 0,
      selector: { a: 'b' },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  });
  assert.deepEqual(await finalizersAfter(`${core}/replicationcontrollers/r`, ''), ['orphan']);
  await make(`${core}/events`, { metadata: { name: 'e' }, involvedObject: { namespace: 'default' } });
  await send(admin, 'DELETE', `${core}/events/e?propagationPolicy=Foreground`);
  assert.equal((await refused(admin, 'GET', `${core}/events/e`)).reason, 'NotFound', 'nothing depends on events');
  // Who takes the last finalizer is shown what was written.
  const body = { metadata: { finalizers: null } };
  const released = await send(admin, 'PATCH', `${maps}/held-0`, { body, 'content-type': 'application/merge-patch+json' });
  assert.deepEqual([released.json.metadata.name, released.json.metadata.finalizers], ['held-0', undefined]);
  await send(admin, 'PATCH', `${maps}/set`, { body, 'content-type': 'application/merge-patch+json' });
});

test('options that contradict each other or the object are refused', async () => {
  const { metadata } = await map('exact');
  const cases: [body: object, code: number, words: string][] = [
    [
      { propagationPolicy: 'Orphan', orphanDependents: true },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ],
    [
      { propagationPolicy: 'Now' },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Now": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [{ dryRun: ['Some'] }, 422, 'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"'],
    [
      { preconditions: { uid: 'other' } },
      409,
      `Operation cannot be fulfilled on ConfigMap "exact": the UID in the precondition (other) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    ],
    [
      { preconditions: { resourceVersion: '1' } },
      409,
      `Operation cannot be fulfilled on ConfigMap "exact": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    ],
  ];
  for (const [body, code, words] of cases) {
    const { code: seen, message } = await refused(admin, 'DELETE', `${maps}/exact`, { body });
    assert.deepEqual([seen, message], [code, words]);
  }
  assert.equal((await refused(admin, 'DELETE', `${maps}/exact?uid=other`)).code, 409);
  assert.equal(
    (await refused(admin, 'DELETE', `${maps}/exact?gracePeriodSeconds=x`)).message,
    'strconv.ParseInt: parsing "x": invalid syntax',
  );
  const preconditions = { uid: metadata.uid, resourceVersion: metadata.resourceVersion };
  assert.equal((await send(admin, 'DELETE', `${maps}/exact`, { body: { preconditions } })).status, 200);
});

test('a dry run shows what would be, and does nothing', async () => {
  await map('dry', { finalizers: ['example.com/hold'] });
  const { json } = await send(admin, 'DELETE', `${maps}/dry`, { body: { dryRun: ['All'], propagationPolicy: 'Orphan' } });
  assert.deepEqual(json.metadata.finalizers, ['example.com/hold', 'orphan']);
  assert.ok(json.metadata.deletionTimestamp);
  assert.equal((await send(admin, 'GET', `${maps}/dry`)).json.metadata.deletionTimestamp, undefined);
  await map('dry-2', { labels: { dry: 'yes' } });
  await send(admin, 'DELETE', `${maps}?labelSelector=dry&dryRun=All`);
  assert.equal((await send(admin, 'GET', `${maps}/dry-2`)).status, 200);
});

test('a collection goes by selectors and by pages, and is told as a list', async () => {
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => map(`many-${name}`, { labels: { many: name < 'd' ? 'yes' : 'no' } })));
  const { json: list } = await send<KubeList>(admin, 'GET', maps);
  const watch = new WatchLines(admin, `${maps}?watch=1&resourceVersion=${list.metadata.resourceVersion}&labelSelector=many`);
  const removed = async (query: string): Promise<(string | undefined)[]> => {
    const { json } = await send<KubeList & { kind: string }>(admin, 'DELETE', `${maps}?${query}`);
    assert.equal(json.kind, 'ConfigMapList');
    return [...json.items.map((item) => item.metadata.name), ...(json.metadata.continue ? ['…'] : [])];
  };
  assert.deepEqual(await removed('labelSelector=many%3Dyes&limit=2'), ['many-a', 'many-b', '…']);
  assert.deepEqual(await removed('labelSelector=many&fieldSelector=metadata.name!%3Dmany-d'), ['many-c']);
  assert.deepEqual(await removed('labelSelector=many%3Dnobody'), []);
  await watch.until((events) => events.length === 3);
  assert.deepEqual(watch.told().sort(), ['DELETED many-a', 'DELETED many-b', 'DELETED many-c']);
  await watch.stop();
  assert.equal((await refused(admin, 'DELETE', `${maps}?limit=x`)).code, 400);
  assert.equal((await refused(admin, 'DELETE', `${maps}?labelSelector=many`, { body: { preconditions: { uid: 'other' } } })).code, 409);
});
