/** Who manages which fields, on a real apiserver and etcd: every kind of write, and server-side apply as real kubectls use it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Client } from '@t8s/client';
import { type KubeObject, type Status, StatusError } from '@t8s/meta';
import { kubectlPrograms } from '../lab/kubectl-program.ts';
import { type Cluster, startCluster } from './harness.ts';
import { adminConfig } from './kubectl-of.ts';

type Json = Record<string, unknown>;

let cluster: Cluster;
let admin: Client;
let kubeconfig: string;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  kubeconfig = cluster.pki.file('admin.conf');
  await writeFile(kubeconfig, adminConfig(cluster));
});
after(() => cluster.stop());

interface Asked {
  method?: string;
  body?: unknown;
  type?: string;
  agent?: string;
}

async function ask(
  path: string,
  { method = 'PATCH', body, type = 'application/json', agent }: Asked = {},
): Promise<{ status: number; object: KubeObject }> {
  const headers = { 'content-type': type, ...(agent && { 'user-agent': agent }) };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await admin.request({ method, path, headers, ...(body !== undefined && { body: text }) });
  return { status: answer.status, object: JSON.parse(answer.body.toString()) as KubeObject };
}

const apply = (path: string, body: unknown, query = 'fieldManager=me') =>
  ask(`${path}?${query}`, { body, type: 'application/apply-patch+yaml' });

async function refusal(asked: Promise<unknown>): Promise<Status> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  return assert.fail('it was not refused');
}

/** `manager operation: fields`, a line for each entry. */
const managers = ({ metadata }: KubeObject): string[] =>
  (metadata.managedFields ?? []).map(
    ({ manager, operation, subresource, fieldsV1 }) =>
      `${manager} ${operation}${subresource ? ` ${subresource}` : ''}: ${JSON.stringify(fieldsV1).replaceAll('"', '').replaceAll(':{}', '')}`,
  );

const maps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Json, metadata: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const deployment = (name: string, spec: Json = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
    ...spec,
  },
});

test('each write is entered under its manager, its program where it names none', async () => {
  const created = await ask(`${maps}?fieldManager=first`, { method: 'POST', body: configMap('book', { a: '1' }) });
  assert.deepEqual(managers(created.object), ['first Update: {f:data:{.,f:a}}']);
  const put = await ask(`${maps}/book`, { method: 'PUT', body: configMap('book', { a: '1', b: '1' }), agent: 'tool/v1 (linux)' });
  assert.deepEqual(managers(put.object), ['first Update: {f:data:{.,f:a}}', 'tool Update: {f:data:{f:b}}']);
  const patched = await ask(`${maps}/book`, { body: { data: { a: '2' } }, type: 'application/merge-patch+json', agent: 'tool/v2' });
  assert.deepEqual(managers(patched.object), ['first Update: {f:data}', 'tool Update: {f:data:{f:a,f:b}}']);
  const same = await ask(`${maps}/book`, { method: 'PUT', body: configMap('book', { a: '2', b: '1' }), agent: 'other/v1' });
  assert.equal(same.object.metadata.resourceVersion, patched.object.metadata.resourceVersion, 'who changes nothing writes nothing');
  const reset = await ask(`${maps}/book`, {
    body: [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }],
    type: 'application/json-patch+json',
  });
  assert.deepEqual(managers(reset.object), []);
});

test('defaults are the creator’s, what admission and the system fill in is nobody’s', async () => {
  const pods = '/api/v1/namespaces/default/pods';
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'i:1' }] },
    status: { phase: 'Running' },
  };
  const { object } = await ask(`${pods}?fieldManager=kubectl-create`, { method: 'POST', body: pod });
  assert.deepEqual(managers(object), [
    'kubectl-create Update: {f:spec:{f:containers:{k:{\\name\\:\\c\\}:{.,f:image,f:imagePullPolicy,f:name,f:resources,f:terminationMessagePath,' +
      'f:terminationMessagePolicy}},f:dnsPolicy,f:enableServiceLinks,f:restartPolicy,f:schedulerName,f:securityContext,f:terminationGracePeriodSeconds}}',
  ]);
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } };
  await ask(`${pods}/p/binding`, { method: 'POST', body: binding });
  const status = await ask(`${pods}/p/status?fieldManager=kubelet`, {
    body: { status: { phase: 'Running' }, spec: { nodeName: 'x' } },
    type: 'application/merge-patch+json',
  });
  assert.deepEqual(managers(status.object).slice(1), ['kubelet Update status: {f:status:{f:phase}}']);
});

test('a scale is entered for the replicas of its object', async () => {
  await apply(`${deployments}/scaled`, deployment('scaled'));
  await ask(`${deployments}/scaled/scale?fieldManager=hpa`, { body: { spec: { replicas: 5 } }, type: 'application/merge-patch+json' });
  const { object } = await ask(`${deployments}/scaled`, { method: 'GET' });
  assert.ok(managers(object).includes('hpa Update scale: {f:spec:{f:replicas}}'));
  const error = await refusal(apply(`${deployments}/scaled`, deployment('scaled')));
  assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using apps/v1: .spec.replicas');
});

test('apply creates, changes, takes away, and leaves alone what is as it should be', async () => {
  const first = await apply(`${maps}/conf`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n  a: "1"\n  b: "1"\n');
  assert.equal(first.status, 201);
  const again = await apply(`${maps}/conf`, configMap('conf', { a: '1', b: '1' }));
  assert.deepEqual([again.status, again.object], [200, first.object]);
  const less = await apply(`${maps}/conf`, configMap('conf', { a: '2' }));
  assert.deepEqual((less.object as unknown as Json)['data'], { a: '2' });
  const dry = await apply(`${maps}/conf`, configMap('conf', { a: '3' }), 'fieldManager=you&force=true&dryRun=All');
  assert.deepEqual(managers(dry.object), ['you Apply: {f:data:{f:a}}']);
  assert.deepEqual(managers((await ask(`${maps}/conf`, { method: 'GET' })).object), ['me Apply: {f:data:{f:a}}']);
});

test('an empty list of managers forgets them, and so does an object too large with them', async () => {
  const merge = 'application/merge-patch+json';
  await apply(`${maps}/free`, configMap('free', { a: '1' }));
  const free = await ask(`${maps}/free`, { body: { metadata: { managedFields: [] } }, type: merge });
  assert.deepEqual([free.status, free.object.metadata.managedFields], [200, undefined]);
  const data = Object.fromEntries(Array.from({ length: 9_999 }, (_, i) => [`key-${'x'.repeat(80)}-${i}`, '']));
  const created = await ask(maps, { method: 'POST', body: configMap('large', data) });
  assert.deepEqual([created.status, created.object.metadata.managedFields], [201, undefined]);
  await apply(`${maps}/grows`, configMap('grows', { a: '1' }));
  const grown = await ask(`${maps}/grows`, { body: { data }, type: merge });
  assert.deepEqual([grown.status, grown.object.metadata.managedFields], [200, undefined]);
  assert.match((await refusal(apply(`${maps}/large`, configMap('large', { a: '1' })))).message ?? '', /too large/);
});

test('of many who apply at once to one object, none is lost', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `m${i}`);
  await Promise.all(names.map((name) => apply(`${maps}/crowd`, configMap('crowd', { [name]: '1' }), `fieldManager=${name}`)));
  const { object } = await ask(`${maps}/crowd`, { method: 'GET' });
  assert.deepEqual((object.metadata.managedFields ?? []).map(({ manager }) => manager).sort(), [...names].sort());
  assert.deepEqual(Object.keys((object as unknown as { data: Json }).data).sort(), [...names].sort());
});

test('an apply that can’t be is refused in upstream’s words', async () => {
  await apply(`${maps}/ok`, configMap('ok', { a: '1' }));
  const strict = 'fieldManager=me&fieldValidation=Strict';
  const cases: [path: string, body: unknown, query: string, code: number, message: RegExp][] = [
    [
      `${maps}/ok`,
      configMap('ok', {}),
      '',
      422,
      /^PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch$/,
    ],
    [`${maps}/ok`, configMap('ok', { a: '2' }), 'fieldManager=b', 409, /^Apply failed with 1 conflict: conflict with "me": .data.a$/],
    [`${maps}/ok`, configMap('ok', {}, { managedFields: [] }), 'fieldManager=me', 400, /^metadata.managedFields must be nil$/],
    [`${maps}/ok`, { ...configMap('ok', {}), kind: 'Secret' }, 'fieldManager=me', 400, /^invalid object type: \/v1, Kind=Secret$/],
    [
      `${maps}/ok`,
      configMap('other', {}),
      'fieldManager=me',
      400,
      /^the name of the object \(other\) does not match the name on the URL \(ok\)$/,
    ],
    [
      `${maps}/ok`,
      { ...configMap('ok', {}), spec: {} },
      'fieldManager=me',
      500,
      /^failed to create typed patch object \(\/ok; \/v1, Kind=ConfigMap\): .spec: field not declared in schema$/,
    ],
    [
      `${maps}/ok`,
      'a: b: c',
      'fieldManager=me',
      400,
      /^error decoding YAML: .*yaml: line 1: mapping values are not allowed in this context$/,
    ],
    [
      `${maps}/ok`,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ok"},"data":{"a":"1","a":"1"}}',
      strict,
      400,
      /^error strict decoding YAML: .*line 1: key "a" already set in map$/s,
    ],
    [
      `${maps}/none`,
      configMap('none', {}, { uid: 'x' }),
      'fieldManager=me',
      409,
      /uid mismatch: the provided object specified uid x, and no existing object was found$/,
    ],
    [`${maps}/none/status`, configMap('none', {}), 'fieldManager=me', 404, /could not find the requested resource/],
    [`${deployments}/none/status`, deployment('none'), 'fieldManager=me', 404, /"none" not found/],
    [`${maps}/ok`, configMap('ok', { a: '1' }, { resourceVersion: '1' }), 'fieldManager=me', 409, /the object has been modified/],
  ];
  for (const [path, body, query, code, message] of cases) {
    const status = await refusal(apply(path, body, query));
    assert.equal(status.code, code, status.message);
    assert.match(status.message ?? '', message);
  }
  const force = await refusal(ask(`${maps}/ok?force=true`, { body: {}, type: 'application/merge-patch+json' }));
  assert.match(force.message ?? '', /force: Forbidden: may not be specified for non-apply patch/);
});

interface Run {
  code: number | null;
  output: string;
}

test('real kubectls apply on the server, force, take over from client-side apply, and give it back', { timeout: 300_000 }, async (t) => {
  const programs = await kubectlPrograms();
  for (const program of new Set([programs[0] ?? '', programs[1] ?? '', programs.at(-1) ?? ''].filter((name) => name !== '')))
    await t.test(program.split('/').at(-1) ?? '', async () => {
      const name = `web-${Math.random().toString(36).slice(2, 8)}`;
      const kubectl = (args: readonly string[], manifest?: Json): Promise<Run> => runKubectl(program, args, manifest);
      const ssa = (manifest: Json, ...flags: string[]): Promise<Run> => kubectl(['apply', '--server-side', '-f', '-', ...flags], manifest);
      const entries = async (): Promise<string[]> => managers((await ask(`${deployments}/${name}`, { method: 'GET' })).object);
      const said = async (run: Promise<Run>, words: RegExp, code = 0): Promise<void> => {
        const { code: found, output } = await run;
        assert.match(output, words);
        assert.equal(found, code, output);
      };

      await said(ssa(deployment(name)), /serverside-applied/);
      assert.equal((await entries()).length, 1);
      await said(kubectl(['scale', 'deployment', name, '--replicas=5']), /scaled/);
      await said(
        ssa(deployment(name)),
        /Apply failed with 1 conflict: conflict with .* with subresource "scale" using apps\/v1: .spec.replicas/,
        1,
      );
      await said(ssa(deployment(name), '--force-conflicts'), /serverside-applied/);
      await said(ssa(deployment(name, { replicas: 3 }), '--field-manager=other'), /conflict with "kubectl": .spec.replicas/, 1);
      await said(ssa(deployment(name, { paused: true }), '--field-manager=other'), /serverside-applied/);
      assert.deepEqual(
        (await entries()).map((line) => line.split(':')[0]),
        ['kubectl Apply', 'other Apply'],
      );
      await said(kubectl(['delete', 'deployment', name, '--wait=false']), /deleted/);

      await said(kubectl(['apply', '-f', '-'], deployment(name)), /created/);
      assert.match((await entries()).join('\n'), /^kubectl-client-side-apply Update: .*last-applied-configuration/);
      await said(ssa(deployment(name, { replicas: 7 })), /serverside-applied/);
      assert.ok((await entries()).some((line) => /^kubectl Apply: .*f:replicas/.test(line)));
      await said(kubectl(['apply', '-f', '-'], deployment(name, { replicas: 8 })), /configured/);
      assert.ok((await entries()).some((line) => /^kubectl-client-side-apply Update: .*f:replicas/.test(line)));
      await said(kubectl(['apply', '-f', '-'], deployment(name, { replicas: 8 })), /unchanged/);
      await said(ssa(deployment(name, { replicas: 9 }), '--force-conflicts', '--dry-run=server'), /serverside-applied \(server dry run\)/);
      await said(kubectl(['delete', 'deployment', name, '--wait=false']), /deleted/);
    });
});

async function runKubectl(program: string, args: readonly string[], manifest?: Json): Promise<Run> {
  const child = spawn(program, ['--kubeconfig', kubeconfig, '--request-timeout=20s', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(manifest === undefined ? '' : JSON.stringify(manifest));
  return new Promise((done, failed) => child.once('error', failed).once('close', (code) => done({ code, output })));
}
