/** Sub-resources whose rules are not their object's: binding, tokens, a namespace's end, scale. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import { type Cluster, startCluster } from './harness.ts';
import { refused, send } from './served-resource.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const core = '/api/v1/namespaces/default';
const spec = { containers: [{ name: 'c', image: 'i' }] };
const pod = async (name: string, more: object = {}): Promise<KubeObject> =>
  (await send(admin, 'POST', `${core}/pods`, { body: { metadata: { name }, spec: { ...spec, ...more } } })).json;

test('a pod is bound once, to a node, as the version that is meant', async () => {
  const { metadata } = await pod('p');
  await pod('gated', { schedulingGates: [{ name: 'example.com/wait' }] });
  const bind = (body: object, name = 'p'): Promise<{ code?: number; message?: string }> =>
    refused(admin, 'POST', `${core}/pods/${name}/binding`, { body });
  const target = { kind: 'Node', name: 'n' };
  const conflict = (name: string, why: string): string => `Operation cannot be fulfilled on pods/binding "${name}": ${why}`;
  const refusals: [body: object, name: string, code: number, message: string][] = [
    [{ target }, 'p', 400, 'name in URL does not match name in Binding object'],
    [{ metadata: { name: 'none' }, target }, 'none', 404, 'pods "none" not found'],
    [
      { metadata: { name: 'p' }, target: { kind: 'Rack', name: 'n' } },
      'p',
      422,
      'Binding "p" is invalid: target.kind: Unsupported value: "Rack": supported values: "<empty>", "Node"',
    ],
    [
      { metadata: { name: 'p', uid: 'other' }, target },
      'p',
      409,
      conflict('p', `Precondition failed: UID in precondition: other, UID in object meta: ${metadata.uid}`),
    ],
    [{ metadata: { name: 'gated' }, target }, 'gated', 409, conflict('gated', 'pod gated has non-empty .spec.schedulingGates')],
  ];
  for (const [body, name, code, message] of refusals) {
    const seen = await bind(body, name);
    assert.deepEqual([seen.code, seen.message], [code, message]);
  }
  const body = { metadata: { name: 'p', uid: metadata.uid, annotations: { by: 'hand' } }, target };
  await send(admin, 'POST', `${core}/pods/p/binding?dryRun=All`, { body });
  const read = async (): Promise<KubeObject & { spec: { nodeName?: string } }> =>
    (await send<KubeObject & { spec: { nodeName?: string } }>(admin, 'GET', `${core}/pods/p`)).json;
  assert.equal((await read()).spec.nodeName, undefined, 'a dry run binds nothing');
  const { status, json } = await send(admin, 'POST', `${core}/pods/p/binding`, { body });
  assert.deepEqual([status, json], [201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }]);
  const bound = await read();
  assert.deepEqual([bound.spec.nodeName, bound.metadata.annotations], ['n', { by: 'hand' }]);
  assert.equal((await bind(body)).message, conflict('p', 'pod p is already assigned to node "n"'));
});

interface TokenAnswer extends KubeObject {
  spec: object;
  status: { token: string; expirationTimestamp: string };
}

test('a token says whom it is for, and dies with what it is bound to', async () => {
  const path = `${core}/serviceaccounts/default/token`;
  const ask = async (spec: object): Promise<TokenAnswer> => (await send<TokenAnswer>(admin, 'POST', path, { body: { spec } })).json;
  const plain = await ask({});
  assert.deepEqual([plain.metadata.name, plain.metadata.namespace], ['default', 'default']);
  assert.deepEqual(plain.spec, { audiences: ['https://kubernetes.default.svc.cluster.local'], expirationSeconds: 3600 });
  const refusals: [body: object, code: number, message: string][] = [
    [
      { metadata: { name: 'other' }, spec: {} },
      422,
      'TokenRequest.authentication.k8s.io "default" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
    ],
    [
      { metadata: { namespace: 'other' }, spec: {} },
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      { metadata: { uid: 'other' }, spec: {} },
      409,
      `Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "default": the UID in the token request (other) does not match the UID of the service account (${plain.metadata.uid})`,
    ],
    [
      { spec: { expirationSeconds: 599 } },
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ],
    [
      { spec: { boundObjectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } },
      400,
      'cannot bind token to object of type apps/v1, Kind=Deployment',
    ],
    [{ spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'none' } } }, 404, 'pods "none" not found'],
  ];
  for (const [body, code, message] of refusals) {
    const seen = await refused(admin, 'POST', path, { body });
    assert.deepEqual([seen.code, seen.message], [code, message]);
  }
  const review = async (token: string): Promise<{ authenticated?: boolean; user?: { extra?: Record<string, string[]> } }> => {
    const { json } = await send<KubeObject & { status: object }>(admin, 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      body: { spec: { token } },
    });
    return json.status;
  };
  for (const [kind, collection] of [
    ['Secret', `${core}/secrets`],
    ['Node', '/api/v1/nodes'],
    ['Pod', `${core}/pods`],
  ] as const) {
    const { json } = await send(admin, 'POST', collection, { body: { metadata: { name: 'bound' }, ...(kind === 'Pod' && { spec }) } });
    const { uid } = json.metadata;
    const ref = { apiVersion: 'v1', kind, name: 'bound' };
    const wrong = await refused(admin, 'POST', path, { body: { spec: { boundObjectRef: { ...ref, uid: 'other' } } } });
    assert.equal(wrong.code, 409, kind);
    const { status } = await ask({ boundObjectRef: { ...ref, uid } });
    const { authenticated, user } = await review(status.token);
    assert.equal(authenticated, true, kind);
    const extra = user?.extra ?? {};
    assert.match(extra['authentication.kubernetes.io/credential-id']?.[0] ?? '', /^JTI=[0-9a-f-]{36}$/);
    if (kind !== 'Secret') assert.deepEqual(extra[`authentication.kubernetes.io/${kind.toLowerCase()}-uid`], [uid]);
    await send(admin, 'DELETE', `${collection}/bound`);
    assert.notEqual((await review(status.token)).authenticated, true, `${kind} is gone`);
  }
});

test('a namespace ends when its finalizers are taken out of its spec', async () => {
  await send(admin, 'POST', '/api/v1/namespaces', { body: { metadata: { name: 'ending' } } });
  const path = '/api/v1/namespaces/ending';
  const { json: marked } = await send<KubeObject & { status: object; spec: object }>(admin, 'DELETE', path);
  assert.deepEqual([marked.status, marked.spec], [{ phase: 'Terminating' }, { finalizers: ['kubernetes'] }]);
  assert.equal((await refused(admin, 'POST', `${path}/configmaps`, { body: { metadata: { name: 'late' } } })).code, 403);
  const unchanged = await send<KubeObject & { spec: object }>(admin, 'PUT', path, { body: { ...marked, spec: {} } });
  assert.deepEqual(unchanged.json.spec, { finalizers: ['kubernetes'] }, 'only /finalize takes them');
  await send(admin, 'PUT', `${path}/finalize`, { body: { ...unchanged.json, spec: {} } });
  assert.equal((await refused(admin, 'GET', path)).code, 404);
});

test('a scale is a row with numbers, where rows are asked for; who applies it owns the replicas', async () => {
  const template = { metadata: { labels: { a: 'b' } }, spec };
  const body = { metadata: { name: 'd' }, spec: { replicas: 2, selector: { matchLabels: { a: 'b' } }, template } };
  const path = '/apis/apps/v1/namespaces/default/deployments';
  await send(admin, 'POST', `${path}?fieldManager=creator`, { body });
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  interface Table {
    columnDefinitions: { name: string }[];
    rows: { cells: unknown[] }[];
  }
  const { json } = await send<Table>(admin, 'GET', `${path}/d/scale`, { accept });
  assert.deepEqual(
    json.columnDefinitions.map(({ name }) => name),
    ['Name', 'Desired', 'Available', 'Age'],
  );
  assert.deepEqual(json.rows[0]?.cells.slice(0, 3), ['d', 2, 0]);
  const apply = {
    body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 5 } },
    'content-type': 'application/apply-patch+yaml',
  };
  const conflict = await refused(admin, 'PATCH', `${path}/d/scale?fieldManager=scaler`, apply);
  assert.match(conflict.message ?? '', /^Apply failed with 1 conflict: conflict with "creator"[^:]*: \.spec\.replicas$/);
  await send(admin, 'PATCH', `${path}/d/scale?fieldManager=scaler&force=true`, apply);
  const { metadata } = (await send(admin, 'GET', `${path}/d`)).json;
  const entry = metadata.managedFields?.find(({ manager }) => manager === 'scaler');
  assert.deepEqual([entry?.operation, entry?.subresource, entry?.fieldsV1], ['Apply', 'scale', { 'f:spec': { 'f:replicas': {} } }]);
});
