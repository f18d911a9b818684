/** Custom resources on a real apiserver and etcd, with a real kubectl: from a definition to its end. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type CustomResourceDefinition, customResourceDefinitionKind } from '@t8s/api';
import type { Client, ResourceClient } from '@t8s/client';
import { isStatus, type KubeObject, type Status, StatusError } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { kubectlProgram } from '../lab/kubectl-program.ts';
import { type Cluster, startCluster } from './harness.ts';

type Json = Record<string, unknown>;
type Custom = KubeObject & { spec?: Json; status?: Json };

let cluster: Cluster;
let admin: Client;
let definitions: ResourceClient<CustomResourceDefinition>;
let kubeconfig: string;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  definitions = admin.resource(customResourceDefinitionKind);
  const { pki, api } = cluster;
  kubeconfig = pki.file('admin.conf');
  const user = { 'client-certificate': pki.file('admin.crt'), 'client-key': pki.file('admin.key') };
  const config = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: api.url, 'certificate-authority': pki.file('ca.crt') } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
});
after(() => cluster.stop());

async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const child = spawn(await kubectlProgram(), ['--kubeconfig', kubeconfig, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}:\n${said}`);
  return said;
}

async function refusal(asked: Promise<unknown>): Promise<Status> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  return assert.fail('it was not refused');
}

const specSchema = {
  type: 'object',
  properties: {
    cronSpec: { type: 'string', description: 'When it runs.' },
    image: { type: 'string' },
    replicas: { type: 'integer', default: 1 },
  },
};
const version = (name: string, more: Json = {}): Json => ({
  name,
  served: true,
  storage: true,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: specSchema,
        status: { type: 'object', properties: { replicas: { type: 'integer' }, labelSelector: { type: 'string' } } },
      },
    },
  },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.labelSelector' },
  },
  additionalPrinterColumns: [
    { name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
  ],
  ...more,
});
const definition = (group: string, versions: Json[] = [version('v1')], names: Json = {}): CustomResourceDefinition =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `crontabs.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', shortNames: ['ct'], categories: ['all'], ...names },
      versions,
    },
  }) as unknown as CustomResourceDefinition;
const cronTab = (group: string, name: string, spec: Json = {}, apiVersion = `${group}/v1`): Custom => ({
  apiVersion,
  kind: 'CronTab',
  metadata: { name, namespace: 'default' },
  spec,
});
const cronTabs = (group: string, as = 'v1'): ResourceClient<Custom> =>
  admin.resource<Custom>({ group, version: as, kind: 'CronTab', resource: 'crontabs', namespaced: true });

async function established(name: string): Promise<CustomResourceDefinition> {
  return eventually(async () => {
    const crd = await definitions.get({ name });
    const condition = crd.status?.conditions?.find(({ type }) => type === 'Established');
    assert.equal(condition?.status, 'True', JSON.stringify(crd.status));
    return crd;
  });
}

async function define(crd: CustomResourceDefinition): Promise<CustomResourceDefinition> {
  await definitions.create(crd);
  return established(crd.metadata.name ?? '');
}

test('kubectl: from the definition to explain, apply, patch, get and the end of it all', async () => {
  const group = 'stable.example.com';
  await kubectl(['create', '-f', '-'], JSON.stringify(definition(group)));
  await kubectl(['wait', '--for=condition=established', '--timeout=10s', `crd/crontabs.${group}`]);
  assert.match(await kubectl(['api-resources', '--api-group', group]), /^crontabs +ct +stable\.example\.com\/v1 +true +CronTab$/m);
  assert.match(await kubectl(['explain', 'crontab.spec']), /cronSpec\s+<string>\s+When it runs\./);
  assert.match(
    await kubectl(['apply', '-f', '-'], JSON.stringify(cronTab(group, 'mine', { cronSpec: '* * * * */5', image: 'i' }))),
    /created/,
  );
  assert.match(
    await kubectl(['apply', '-f', '-'], JSON.stringify(cronTab(group, 'mine', { cronSpec: '* * * * */6', image: 'i' }))),
    /configured/,
  );
  assert.match(
    await kubectl(['apply', '--server-side', '--field-manager=other', '-f', '-'], JSON.stringify(cronTab(group, 'theirs', { image: 'j' }))),
    /serverside-applied/,
  );
  assert.match(await kubectl(['patch', 'ct', 'mine', '--type=merge', '-p', '{"spec":{"image":"k"}}']), /patched/);
  assert.equal(await kubectl(['get', 'ct', 'mine', '-o', 'jsonpath={.spec}']), '{"cronSpec":"* * * * */6","image":"k","replicas":1}');
  assert.match(await kubectl(['get', 'all']), /crontab\.stable\.example\.com\/mine/);
  assert.match(await kubectl(['delete', 'ct', 'mine']), /deleted/);
  assert.match(await kubectl(['delete', 'crd', `crontabs.${group}`]), /deleted/);
  assert.ok(
    isStatus(
      await cronTabs(group)
        .list({ namespace: 'default' })
        .catch((error: unknown) => error),
      'NotFound',
    ),
  );
});

test('objects go before their definition does, and one that is held holds it; nothing new comes meanwhile', async () => {
  const group = 'ending.example.com';
  await define(definition(group));
  const held = cronTab(group, 'held');
  held.metadata.finalizers = ['example.com/hold'];
  await cronTabs(group).create(held);
  for (let i = 0; i < 30; i++) await cronTabs(group).create(cronTab(group, `n${i}`));
  await definitions.delete({ name: `crontabs.${group}` });
  await eventually(async () => {
    const { items } = await cronTabs(group).list({ namespace: 'default' });
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ['held'],
    );
  });
  const crd = await definitions.get({ name: `crontabs.${group}` });
  assert.deepEqual(crd.metadata.finalizers, ['customresourcecleanup.apiextensions.k8s.io']);
  assert.equal(crd.status?.conditions?.find(({ type }) => type === 'Terminating')?.reason, 'InstanceDeletionInProgress');
  assert.equal(
    (await refusal(cronTabs(group).create(cronTab(group, 'late')))).message,
    'create not allowed while custom resource definition is terminating',
  );
  await cronTabs(group).patch({ namespace: 'default', name: 'held' }, { type: 'merge', body: { metadata: { finalizers: null } } });
  await eventually(async () => assert.equal((await refusal(definitions.get({ name: `crontabs.${group}` }))).reason, 'NotFound'));
  await define(definition(group));
  assert.deepEqual((await cronTabs(group).list({ namespace: 'default' })).items, [], 'nothing is left for a namesake');
});
