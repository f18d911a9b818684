/** The sub-resources of the table test: each that discovery names is used by each verb it names. */
import assert from 'node:assert/strict';
import { kinds } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import { assertContains } from './assert-contains.ts';
import { type DiscoveredResource, pathOf, refused, type ServedResource, send } from './served-resource.ts';

interface Subjects {
  small: KubeObject;
  large: KubeObject;
  /** A status that may be written. */
  status: object | undefined;
}

type Use = (call: Call) => Promise<void>;

interface Call {
  client: Client;
  /** Of the sub-resource of the full example, and of the minimal one. */
  path: string;
  small: string;
  object: string;
  status: object | undefined;
}

const patchTypes = ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml'];

export async function useSubresources(client: Client, resource: ServedResource, { small, large, status }: Subjects): Promise<void> {
  // What is bound has a node, which is not there.
  const bindingLast = resource.subresources.toSorted((a, b) => Number(a.name === 'pods/binding') - Number(b.name === 'pods/binding'));
  for (const sub of bindingLast) {
    const name = sub.name.slice(resource.name.length + 1);
    const use = uses[sub.name] ?? uses[name];
    assert.ok(use, `nothing here uses ${sub.name}`);
    const object = `${pathOf(resource)}/${large.metadata.name}`;
    await use({ client, object, path: `${object}/${name}`, small: `${pathOf(resource)}/${small.metadata.name}/${name}`, status });
    await refusesOthers(client, sub, `${object}/${name}`);
  }
}

/** Verbs that a sub-resource lacks are no verbs of it. */
async function refusesOthers(client: Client, { verbs, name }: DiscoveredResource, path: string): Promise<void> {
  if (name.endsWith('/proxy')) return;
  for (const [verb, method] of Object.entries({ get: 'GET', update: 'PUT', patch: 'PATCH', delete: 'DELETE', create: 'POST' }))
    if (!verbs.includes(verb)) assert.equal((await refused(client, method, path, { body: {} })).code, 405, `${method} ${path}`);
}

const status: Use = async ({ client, path, object, status: given }) => {
  const { json: before } = await send<KubeObject & { kind: string; status?: object }>(client, 'GET', path);
  const wanted = given ?? before.status ?? {};
  assert.deepEqual((await send(client, 'GET', object)).json, before);
  const { json: dry } = await send(client, 'PUT', `${path}?dryRun=All`, {
    body: { ...before, metadata: { ...before.metadata, annotations: { dry: 'run' } } },
  });
  const { keeps } = kinds.find(({ kind }) => kind === before.kind)?.subresources?.status ?? {};
  assert.equal(dry.metadata.annotations?.['dry'], keeps?.includes('annotations') ? undefined : 'run');
  assert.deepEqual((await send(client, 'GET', path)).json, before, 'a dry run writes nothing');
  const put = await send<KubeObject & { status?: object }>(client, 'PUT', path, { body: { ...before, status: wanted } });
  assert.deepEqual(put.json.metadata.generation, before.metadata.generation);
  assertContains(put.json.status ?? {}, wanted, 'status');
  assert.deepEqual({ ...put.json, metadata: 0, status: 0 }, { ...before, metadata: 0, status: 0 });
  const {
    kind,
    apiVersion,
    metadata: { name },
  } = before;
  const bodies: object[] = [
    [{ op: 'add', path: '/status', value: wanted }],
    { status: wanted },
    { status: wanted },
    { kind, apiVersion, metadata: { name }, status: wanted },
  ];
  for (const [i, body] of bodies.entries()) {
    const answer = await send<KubeObject & { status?: object }>(
      client,
      'PATCH',
      `${path}?fieldManager=tester${i === 3 ? '&force=true' : ''}`,
      {
        body,
        'content-type': `application/${patchTypes[i]}`,
      },
    ).catch((error: Error) => assert.fail(`${patchTypes[i]}: ${error.message}`));
    assert.deepEqual(answer.json.status, put.json.status, patchTypes[i]);
  }
};

interface Scale extends KubeObject {
  spec: { replicas?: number };
}

const scale: Use = async ({ client, path, object }) => {
  const { json } = await send<Scale>(client, 'GET', path);
  assert.deepEqual([json.kind, json.apiVersion], ['Scale', 'autoscaling/v1']);
  const replicasOf = async (): Promise<number | undefined> => (await send<Scale>(client, 'GET', object)).json.spec.replicas;
  const dry = await send<Scale>(client, 'PUT', `${path}?dryRun=All`, { body: { ...json, spec: { replicas: 7 } } });
  assert.deepEqual([dry.json.spec.replicas, await replicasOf()], [7, json.spec.replicas ?? 0], 'a dry run scales nothing');
  const put = await send<Scale>(client, 'PUT', path, { body: { ...json, spec: { replicas: 5 } } });
  assert.deepEqual([put.json.spec.replicas, await replicasOf()], [5, 5]);
  const {
    kind,
    apiVersion,
    metadata: { name },
  } = json;
  const bodies = (replicas: number): object[] => [
    [{ op: 'replace', path: '/spec/replicas', value: replicas }],
    { spec: { replicas } },
    { spec: { replicas } },
    { kind, apiVersion, metadata: { name }, spec: { replicas } },
  ];
  for (const [i, type] of patchTypes.entries()) {
    const query = type.startsWith('apply') ? '?fieldManager=scaler&force=true' : '';
    const answer = await send<Scale>(client, 'PATCH', `${path}${query}`, { body: bodies(i)[i], 'content-type': `application/${type}` });
    assert.deepEqual([answer.json.kind, answer.json.spec.replicas ?? 0, await replicasOf()], ['Scale', i, i], type);
  }
};

/** The object itself, of which this changes a part. */
const part: Use = async ({ client, path }) => {
  const { json } = await send(client, 'GET', path);
  assert.equal((await send(client, 'PUT', path, { body: json })).json.metadata.uid, json.metadata.uid);
  const how = { body: {}, 'content-type': 'application/merge-patch+json' };
  assert.equal((await send(client, 'PATCH', path, how)).json.metadata.uid, json.metadata.uid);
};

/** Without a node there is nothing to talk to; one of several containers must be named. */
const stream: Use = async ({ client, path, small }) => {
  assert.match(await refusal(client, small), /^pod minimal does not have a host assigned$/);
  if (!path.endsWith('/portforward')) assert.match(await refusal(client, path), severalContainers);
};
const severalContainers =
  /^a container name must be specified for pod full, choose one of: \[main second\] or one of the init containers: \[first sidecar\]$/;
const refusal = async (client: Client, path: string): Promise<string> => (await refused(client, 'GET', path)).message ?? '';

/** What is not there can't be asked: how it is reached is another test's. */
const unreachable =
  (words: RegExp): Use =>
  async ({ client, path }) =>
    assert.match((await refused(client, 'GET', path)).message ?? '', words);

const uses: Record<string, Use> = {
  status,
  scale,
  'certificatesigningrequests/approval': part,
  'pods/ephemeralcontainers': part,
  'pods/resize': part,
  'pods/log': async ({ client, path, small }) => {
    assert.equal((await send(client, 'GET', small)).status, 204, 'nothing has run');
    assert.match(await refusal(client, path), severalContainers);
    assert.match(await refusal(client, `${path}?tailLines=-1`), /tailLines: Invalid value: -1: must be greater than or equal to 0$/);
  },
  'pods/exec': stream,
  'pods/attach': stream,
  'pods/portforward': stream,
  'pods/proxy': unreachable(/^address not allowed$/),
  'services/proxy': unreachable(/^endpoints "full" not found$/),
  'nodes/proxy': unreachable(/^node full has no address$/),
  'pods/binding': async ({ client, small }) => {
    const body = { metadata: { name: small.split('/').at(-2) }, target: { kind: 'Node', name: 'node-x' } };
    assert.equal((await send(client, 'POST', small, { body })).status, 201);
  },
  'pods/eviction': async ({ client, path }) => {
    const body = { metadata: { name: path.split('/').at(-2) }, deleteOptions: { dryRun: ['All'] } };
    assert.equal((await send(client, 'POST', path, { body })).status, 201);
  },
  'namespaces/finalize': async ({ client, path }) => {
    const { json } = await send(client, 'GET', path.replace(/\/finalize$/, ''));
    assert.equal((await send(client, 'PUT', path, { body: json })).json.metadata.uid, json.metadata.uid);
  },
  'serviceaccounts/token': async ({ client, path }) => {
    const { status: code, json } = await send<KubeObject & { status: { token: string } }>(client, 'POST', path, { body: { spec: {} } });
    assert.deepEqual([code, json.kind], [201, 'TokenRequest']);
    assert.match(json.status.token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  },
};
