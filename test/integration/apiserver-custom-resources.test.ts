/** Custom resources on a real apiserver and etcd, with a real kubectl: from a definition to its end. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CustomResourceDefinition, customResourceDefinitionKind } from '@t8s/api';
import type { Client, ResourceClient } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type CronTab, cronTab, cronTabs as cronTabsOf, define as defineWith, definition, refusal, version } from './cron-tabs.ts';
import { type Cluster, startCluster } from './harness.ts';
import { type Kubectl, kubectlOf } from './kubectl-of.ts';

let cluster: Cluster;
let admin: Client;
let definitions: ResourceClient<CustomResourceDefinition>;
let kubectl: Kubectl;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  definitions = admin.resource(customResourceDefinitionKind);
  kubectl = await kubectlOf(cluster);
});
after(() => cluster.stop());

const cronTabs = (group: string, as = 'v1'): ResourceClient<CronTab> => cronTabsOf(admin, group, as);
const define = (crd: CustomResourceDefinition): Promise<CustomResourceDefinition> => defineWith(admin, crd);

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
  assert.match(await kubectl(['get', 'ct']), /^NAME +SPEC +REPLICAS\nmine +\* \* \* \* \*\/6 +1\n/);
  assert.match(await kubectl(['scale', 'ct/mine', '--replicas=3']), /scaled/);
  assert.match(await kubectl(['get', 'ct', 'mine', '-o', 'jsonpath={.spec.replicas} {.metadata.generation}']), /^3 4$/);
  const status = { status: { replicas: 3, labelSelector: 'app=mine' } };
  await kubectl([
    'patch',
    'ct',
    'mine',
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ ...status, spec: { image: 'not' } }),
  ]);
  assert.match(
    await kubectl(['get', 'ct', 'mine', '-o', 'jsonpath={.spec.image} {.status}']),
    /^k \{"labelSelector":"app=mine","replicas":3\}$/,
  );
  const { status: scale } = await cronTabs(group).getSubresource<{ status: object }>({ namespace: 'default', name: 'mine' }, 'scale');
  assert.deepEqual(scale, { replicas: 3, selector: 'app=mine' });
  assert.match(await kubectl(['get', 'ct', '--field-selector=spec.image=k', '-o', 'name']), /^crontab\.stable\.example\.com\/mine\n$/);
  const unknown = JSON.stringify(cronTab(group, 'odd', { image: 'i', imag: 'i' }));
  await assert.rejects(kubectl(['create', '--validate=strict', '-f', '-'], unknown), /unknown field "spec\.imag"/);
  assert.match(await kubectl(['create', '--validate=warn', '-f', '-'], unknown), /Warning: unknown field "spec\.imag"/);
  await assert.rejects(
    kubectl(['create', '-f', '-'], JSON.stringify(cronTab(group, 'bad', { image: 1 }))),
    /spec\.image: Invalid value: "integer": spec\.image in body must be of type string: "integer"/,
  );
  assert.match(await kubectl(['explain', 'crontab', '--recursive']), /status\s+<Object>\s+labelSelector\s+<string>\s+replicas\s+<integer>/);
  assert.match(await kubectl(['describe', 'ct', 'mine']), /Cron Spec: +\* \* \* \* \*\/6/);
  assert.match(await kubectl(['get', `crontabs.v1.${group}`, 'mine', '-o', 'yaml']), /kubectl\.kubernetes\.io\/last-applied-configuration/);
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

test('paths that lead nowhere: another scope, sub-resources of a built-in namesake', async () => {
  const group = 'paths.example.com';
  const names = { plural: 'pods', singular: 'pod', kind: 'Pod', listKind: 'PodList', shortNames: [], categories: [] };
  const crd = definition(group, [version('v1', { selectableFields: undefined })], names);
  crd.metadata.name = `pods.${group}`;
  await define(crd);
  const pods = admin.resource<CronTab>({ group, version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true });
  await pods.create({ ...cronTab(group, 'a'), kind: 'Pod' });
  const answer = async (method: string, path: string): Promise<string> => {
    const { code, message } = await refusal(admin.request({ method, path, body: '{}' }));
    return `${code} ${message}`;
  };
  const nowhere = '404 the server could not find the requested resource';
  assert.equal(await answer('POST', `/apis/${group}/v1/pods`), nowhere);
  assert.equal(await answer('POST', `/apis/${group}/v1/namespaces/default/pods/a/binding`), nowhere);
  assert.equal(await answer('GET', '/api/v1/namespaces/default/nodes'), nowhere);
  await admin
    .resource(customResourceDefinitionKind)
    .patch({ name: `pods.${group}` }, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
  assert.equal((await pods.get({ namespace: 'default', name: 'a' })).kind, 'Pod');
});

test('media types that only types of Go have are refused', async () => {
  const group = 'typeless.example.com';
  await define(definition(group));
  await cronTabs(group).create(cronTab(group, 'a'));
  const path = `/apis/${group}/v1/namespaces/default/crontabs`;
  const refused = async (method: string, where: string, type: string): Promise<string> => {
    const { code, message } = await refusal(admin.request({ method, path: where, headers: { 'content-type': type }, body: '{}' }));
    return `${code} ${message}`;
  };
  const known = '415 the body of the request was in an unknown format - accepted media types include:';
  assert.equal(
    await refused('PATCH', `${path}/a`, 'application/strategic-merge-patch+json'),
    `${known} application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`,
  );
  assert.match(await refused('POST', path, 'application/vnd.kubernetes.protobuf'), /^415 /);
  assert.match(
    (await refusal(cronTabs(group).list({ namespace: 'default', fieldSelector: 'spec.cronSpec=x' }))).message ?? '',
    /field label not supported: spec\.cronSpec$/,
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
  const { resources } = await admin.getJson<{ resources: { verbs: string[] }[] }>(`/apis/${group}/v1`);
  assert.deepEqual(resources[0]?.verbs, ['delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']);
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
