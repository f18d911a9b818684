/** Every resource that discovery names, by every verb it names: what it does not serve as it says fails here. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { decodeYaml } from '@t8s/codec';
import type { KubeObject } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { assertContains } from './assert-contains.ts';
import type { Body, Example } from './examples/example.ts';
import { examples } from './examples/examples.ts';
import { type Cluster, startCluster } from './harness.ts';
import { discover, pathOf, refused, type ServedResource, send } from './served-resource.ts';
import { useSubresources } from './subresources.ts';
import { WatchLines } from './watch-lines.ts';

const cluster: Cluster = await startCluster();
after(() => cluster.stop());
const { admin } = cluster.api;
const served = await discover(admin);

test('every resource has an example', () => {
  // What is measured needs kubelets: apiserver-metrics.test.ts.
  const without = served.filter(({ key, groupVersion }) => !groupVersion.startsWith('metrics.k8s.io/') && examples[key] === undefined);
  assert.deepEqual(
    without.map(({ key }) => key),
    [],
  );
});

for (const resource of served) {
  const example = examples[resource.key];
  if (!example) continue;
  test(resource.key, async () => {
    for (const need of example.needs ?? []) await send(admin, 'POST', need.path, { body: need.body });
    if (resource.verbs.includes('watch')) await live(resource, example);
    else if (resource.verbs.includes('create')) await createOnly(resource, example);
    else await readOnly(resource, example);
    for (const { path, body } of example.needs ?? []) await send(admin, 'DELETE', `${path}/${body.metadata?.name}`);
  });
}

/** Questions and orders: nothing is stored. */
async function createOnly(resource: ServedResource, { minimal, full }: Example): Promise<void> {
  assert.deepEqual(resource.verbs, ['create']);
  for (const body of [minimal, full]) {
    const { status } = await send(admin, 'POST', pathOf(resource), { body: typed(resource, body) });
    assert.equal(status, 201);
  }
}

/** What the server makes up when asked: the examples name two of them. */
async function readOnly(resource: ServedResource, { minimal, full }: Example): Promise<void> {
  assert.deepEqual(resource.verbs, ['get', 'list']);
  for (const { metadata } of [minimal, full]) {
    const { json } = await send(admin, 'GET', `${pathOf(resource)}/${metadata?.name}`);
    assert.deepEqual([json.kind, json.metadata.name], [resource.kind, metadata?.name]);
  }
  const { json } = await send<{ kind: string; items: KubeObject[] }>(admin, 'GET', pathOf(resource));
  assert.deepEqual([json.kind, json.items.length > 1], [`${resource.kind}List`, true]);
}

/** A life from create to delete, under the eyes of a watch. */
async function live(resource: ServedResource, { minimal, full, status, isSettled }: Example): Promise<void> {
  const path = pathOf(resource);
  const selector = 'labelSelector=example';
  const { metadata } = (await send(admin, 'GET', path)).json;
  const watch = new WatchLines(admin, `${path}?watch=1&${selector}&resourceVersion=${metadata.resourceVersion}`);
  const small = await settled(resource, await created(resource, named(resource, 'minimal', minimal)), isSettled);
  const held = { annotations: { note: 'full' }, finalizers: ['example.com/hold'] };
  const large = await settled(resource, await created(resource, named(resource, 'full', full, held)), isSettled);
  await read(resource, [small, large]);
  for (const object of [small, large]) {
    await updated(resource, object);
    await patched(resource, object);
  }
  await useSubresources(admin, resource, { large, small, status });
  await deleted(resource, small, large);
  const last = [small, large].map((object) => `DELETED ${object.metadata.name}`);
  const events = await watch.until(() => last.every((line) => watch.told().includes(line)));
  await watch.stop();
  const revisions = events.map(({ object }) => Number(object.metadata.resourceVersion));
  assert.deepEqual(
    revisions,
    [...new Set(revisions)].sort((a, b) => a - b),
    'each change is told once, in order',
  );
  for (const {
    metadata: { name },
  } of [small, large]) {
    const types = watch.told().filter((line) => line.endsWith(` ${name}`));
    assert.deepEqual([types[0], types.at(-1)], [`ADDED ${name}`, `DELETED ${name}`]);
    assert.ok(types.length > 6 && types.slice(1, -1).every((line) => line === `MODIFIED ${name}`), types.join());
  }
}

const typed = ({ kind, groupVersion }: ServedResource, body: Body): Body & KubeObject => ({
  kind,
  apiVersion: groupVersion,
  metadata: {},
  ...body,
});

function named(resource: ServedResource, name: string, body: Body, more: object = {}): Body & KubeObject {
  const { metadata } = body;
  return { ...typed(resource, body), metadata: { name, ...metadata, ...more, labels: { ...metadata?.labels, example: name } } };
}

/** Creates it, after a dry run that leaves no trace. */
async function created(resource: ServedResource, body: KubeObject): Promise<KubeObject> {
  const path = pathOf(resource);
  const one = `${path}/${body.metadata.name}`;
  const dry = await send(admin, 'POST', `${path}?dryRun=All&fieldValidation=Strict`, { body });
  assert.equal(dry.status, 201);
  assertContains(dry.json, body, 'dry run');
  assert.equal((await refused(admin, 'GET', one)).reason, 'NotFound');
  const { status, json } = await send(admin, 'POST', `${path}?fieldValidation=Strict`, { body });
  assert.equal(status, 201);
  assertContains(json, body, 'created');
  for (const field of ['uid', 'creationTimestamp', 'resourceVersion'] as const) assert.ok(json.metadata[field], field);
  // Who asks for a cluster IP that is given is told of that first.
  const reason = resource.name === 'services' && body.metadata.name === 'full' ? 'Invalid' : 'AlreadyExists';
  assert.equal((await refused(admin, 'POST', path, { body })).reason, reason);
  return json;
}

/** The object once everybody who writes to new ones has done so. */
function settled(resource: ServedResource, object: KubeObject, isSettled?: Example['isSettled']): Promise<KubeObject> {
  return eventually(async () => {
    const { json } = isSettled ? await send(admin, 'GET', `${pathOf(resource)}/${object.metadata.name}`) : { json: object };
    assert.ok(isSettled?.(json) ?? true, JSON.stringify(json));
    return json;
  });
}

/** One by one, together, as rows, metadata and YAML. */
async function read(resource: ServedResource, objects: readonly KubeObject[]): Promise<void> {
  const path = pathOf(resource);
  const as = (shape: string): string => `application/json;as=${shape};v=v1;g=meta.k8s.io`;
  for (const object of objects) {
    const one = `${path}/${object.metadata.name}`;
    assert.deepEqual((await send(admin, 'GET', one)).json, object);
    const yaml = await send(admin, 'GET', one, { accept: 'application/yaml' });
    assert.deepEqual(decodeYaml(Buffer.from(yaml.text)).object, object);
    const partial = (await send(admin, 'GET', one, { accept: as('PartialObjectMetadata') })).json;
    assert.deepEqual(partial, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata });
    interface Table {
      columnDefinitions: { name: string }[];
      rows: { cells: unknown[] }[];
    }
    const { json: table } = await send<Table>(admin, 'GET', one, { accept: as('Table') });
    assert.ok(table.columnDefinitions.some(({ name }) => name === 'Name'));
    assert.deepEqual(
      table.rows.map(({ cells }) => cells.length),
      [table.columnDefinitions.length],
    );
  }
  const names = async (query: string, namespace?: string): Promise<string[]> => {
    const { json } = await send<{ kind: string; items: KubeObject[] }>(admin, 'GET', `${pathOf(resource, namespace)}?${query}`);
    assert.equal(json.kind, `${resource.kind}List`);
    return json.items.map((item) => item.metadata.name ?? '').sort();
  };
  const all = objects.map(({ metadata }) => metadata.name ?? '').sort();
  assert.deepEqual(await names('labelSelector=example'), all);
  assert.deepEqual(await names('labelSelector=example', ''), all);
  for (const name of all) assert.deepEqual(await names(`fieldSelector=metadata.name%3D${name}`), [name]);
}

/** A PUT of what was read, once changed; a second from the same version comes too late. */
async function updated(resource: ServedResource, object: KubeObject): Promise<void> {
  const one = `${pathOf(resource)}/${object.metadata.name}`;
  const body = { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, put: 'yes' } } };
  const { status, json } = await send(admin, 'PUT', one, { body });
  assert.equal(status, 200);
  assert.equal(json.metadata.annotations?.['put'], 'yes');
  assert.notEqual(json.metadata.resourceVersion, object.metadata.resourceVersion);
  // Deployments count changes of annotations, as upstream's do.
  if (resource.name !== 'deployments') assert.equal(json.metadata.generation, object.metadata.generation, 'metadata counts no generation');
  assert.equal((await refused(admin, 'PUT', one, { body })).reason, 'Conflict');
  assert.deepEqual((await send(admin, 'GET', one)).json, json);
}

async function patched({ kind, groupVersion, ...resource }: ServedResource, { metadata: { name } }: KubeObject): Promise<void> {
  const one = `${pathOf({ kind, groupVersion, ...resource })}/${name}`;
  const annotated = (value: string): object => ({ metadata: { annotations: { [value]: 'yes' } } });
  const patches: [type: string, body: object, query?: string][] = [
    ['json-patch+json', [{ op: 'add', path: '/metadata/annotations/json', value: 'yes' }]],
    ['merge-patch+json', annotated('merge')],
    ['strategic-merge-patch+json', annotated('strategic')],
    ['apply-patch+yaml', { apiVersion: groupVersion, kind, metadata: { name, annotations: { apply: 'yes' } } }, 'fieldManager=tester'],
  ];
  for (const [type, body, query = ''] of patches) {
    const how = { body, 'content-type': `application/${type}` };
    const dry = await send(admin, 'PATCH', `${one}?dryRun=All&${query}`, how);
    const { status, json } = await send(admin, 'PATCH', `${one}?${query}`, how);
    assert.equal(status, 200);
    assert.equal(json.metadata.annotations?.[type.split('-')[0] ?? ''], 'yes');
    assert.notEqual(dry.json.metadata.resourceVersion, json.metadata.resourceVersion, 'a dry run writes nothing');
    assert.equal((await send(admin, 'PATCH', `${one}?${query}`, how)).json.metadata.resourceVersion, json.metadata.resourceVersion);
  }
}

/** One by its name, the other by a selector; what holds them is released. */
async function deleted(resource: ServedResource, small: KubeObject, large: KubeObject): Promise<void> {
  const path = pathOf(resource);
  const one = ({ metadata }: KubeObject): string => `${path}/${metadata.name}`;
  await send(admin, 'DELETE', `${one(small)}?dryRun=All`);
  const { json: before } = await send(admin, 'GET', one(small));
  assert.equal(before.metadata.deletionTimestamp, undefined, 'a dry run deletes nothing');
  const options = { gracePeriodSeconds: 0, propagationPolicy: 'Background', preconditions: { uid: small.metadata.uid } };
  await send(admin, 'DELETE', one(small), { body: options });
  if (resource.verbs.includes('deletecollection')) await send(admin, 'DELETE', `${path}?labelSelector=example%3Dfull&gracePeriodSeconds=0`);
  else await send(admin, 'DELETE', one(large));
  assert.ok((await send(admin, 'GET', one(large))).json.metadata.deletionTimestamp, 'a finalizer holds it');
  for (const object of [small, large]) await released(resource, one(object));
}

/** Ends what waits for someone who is not here: finalizers, and a namespace's own. */
async function released(resource: ServedResource, one: string): Promise<void> {
  const how = { body: { metadata: { finalizers: null } }, 'content-type': 'application/merge-patch+json' };
  const isGone = async (): Promise<boolean> => {
    const { json } = await send<{ items: unknown[] }>(
      admin,
      'GET',
      `${pathOf(resource)}?fieldSelector=metadata.name%3D${one.split('/').pop()}`,
    );
    return json.items.length === 0;
  };
  if (!(await isGone())) await send(admin, 'PATCH', one, how);
  if (resource.subresources.some(({ name }) => name === 'namespaces/finalize') && !(await isGone())) {
    const { json } = await send(admin, 'GET', one);
    await send(admin, 'PUT', `${one}/finalize`, { body: { ...json, spec: { finalizers: [] } } });
  }
  assert.equal((await refused(admin, 'GET', one)).reason, 'NotFound');
}
