/** Questions to the real apiserver: who, may, how are you; and the kinds about the API itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  apiServiceKind,
  componentStatusKind,
  flowSchemaKind,
  localSubjectAccessReviewKind,
  mutatingWebhookConfigurationKind,
  priorityLevelConfigurationKind,
  selfSubjectAccessReviewKind,
  selfSubjectReviewKind,
  selfSubjectRulesReviewKind,
  serviceAccountKind,
  subjectAccessReviewKind,
  tokenReviewKind,
} from '@t8s/api';
import { type Client, type ResourceRef, requestToken } from '@t8s/client';
import { isStatus, type KubeObject } from '@t8s/meta';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
let jane: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  jane = await cluster.api.client('jane', ['devs']);
});
after(() => cluster.stop());

test('who am I: everybody may ask', async () => {
  const { status } = await jane.resource(selfSubjectReviewKind).create({ metadata: {} });
  const { extra, ...user } = status?.userInfo ?? {};
  assert.deepEqual(user, { username: 'jane', groups: ['devs', 'system:authenticated'] });
  assert.match(extra?.['authentication.kubernetes.io/credential-id']?.[0] ?? '', /^X509SHA256=[\da-f]{64}$/);
  const nobody = await cluster.api.client();
  await assert.rejects(nobody.resource(selfSubjectReviewKind).create({ metadata: {} }), (error) => isStatus(error, 'Forbidden'));
});

test('whose token is it, and what is it good for', async () => {
  const ref = { namespace: 'default', name: 'default' };
  const { uid } = (await admin.resource(serviceAccountKind).get(ref)).metadata;
  const { token } = await requestToken(admin, ref, { audiences: ['vault'] });
  const ask = async (spec: object) => (await admin.resource(tokenReviewKind).create({ metadata: {}, spec })).status;
  const status = await ask({ token, audiences: ['vault', 'other'] });
  const extra = status?.user?.extra;
  assert.match(extra?.['authentication.kubernetes.io/credential-id']?.[0] ?? '', /^JTI=/);
  assert.deepEqual(status, {
    authenticated: true,
    user: {
      username: 'system:serviceaccount:default:default',
      uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra,
    },
    audiences: ['vault'],
  });
  const why = 'token audiences ["vault"] is invalid for the target audiences ["https://kubernetes.default.svc.cluster.local"]';
  assert.deepEqual(await ask({ token }), { user: {}, error: `[invalid bearer token, ${why}]` });
  assert.deepEqual(await ask({ token: 'x' }), { user: {}, error: 'invalid bearer token' });
  await assert.rejects(ask({}), { message: 'token is required for TokenReview in authentication' });
});

test('who may do what, and by which binding', async () => {
  const pods = { verb: 'get', resource: 'pods', namespace: 'default' };
  const allowed = async (spec: object) => (await admin.resource(subjectAccessReviewKind).create({ metadata: {}, spec })).status;
  assert.deepEqual(await allowed({ groups: ['system:masters'], resourceAttributes: pods }), { allowed: true });
  assert.deepEqual(await allowed({ user: 'jane', resourceAttributes: pods }), { allowed: false });
  const health = { groups: ['system:unauthenticated'], nonResourceAttributes: { path: '/healthz', verb: 'get' } };
  const viewer = '"system:public-info-viewer"';
  assert.deepEqual(await allowed(health), {
    allowed: true,
    reason: `RBAC: allowed by ClusterRoleBinding ${viewer} of ClusterRole ${viewer} to Group "system:unauthenticated"`,
  });
  await assert.rejects(allowed({ resourceAttributes: pods }), {
    message: '.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
  });
  const own = await jane.resource(selfSubjectAccessReviewKind).create({ metadata: {}, spec: { resourceAttributes: pods } });
  assert.equal(own.status?.allowed, false);
  const local = { metadata: { namespace: 'default' }, spec: { user: 'system:kube-scheduler', resourceAttributes: pods } };
  assert.equal((await admin.resource(localSubjectAccessReviewKind).create(local)).status?.allowed, true);
  const { status } = await jane.resource(selfSubjectRulesReviewKind).create({ metadata: {}, spec: { namespace: 'default' } });
  assert.ok(status?.resourceRules.some(({ resources }) => resources?.includes('selfsubjectaccessreviews')));
});

test('reviews are only ever created', async () => {
  await assert.rejects(admin.request({ method: 'GET', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews' }), (error) =>
    isStatus(error, 'MethodNotAllowed'),
  );
});

test('component statuses: etcd is well, and nobody else runs here', async () => {
  const { items } = await admin.resource(componentStatusKind).list();
  assert.deepEqual(items.map(({ metadata }) => metadata.name).sort(), ['controller-manager', 'etcd-0', 'scheduler']);
  const etcd = await admin.resource(componentStatusKind).get({ name: 'etcd-0' });
  assert.deepEqual(etcd.conditions, [{ type: 'Healthy', status: 'True', message: 'ok' }]);
  const named = await admin.resource(componentStatusKind).list({ fieldSelector: 'metadata.name=etcd-0' });
  assert.equal(named.items.length, 1);
  const response = await fetchTable(admin);
  assert.deepEqual(
    response.columnDefinitions.map(({ name }) => name),
    ['Name', 'Status', 'Message', 'Error'],
  );
});

test('a webhook configuration comes back with its defaults; an update says which version it means', async () => {
  const webhooks = admin.resource(mutatingWebhookConfigurationKind);
  const webhook = { name: 'a.b.c', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { url: 'https://example.com' } };
  const made = await webhooks.create({ metadata: { name: 'w' }, webhooks: [webhook] });
  const [only] = made.webhooks ?? [];
  assert.deepEqual([only?.failurePolicy, only?.timeoutSeconds, only?.reinvocationPolicy], ['Fail', 10, 'Never']);
  assert.deepEqual([only?.namespaceSelector, only?.objectSelector, made.metadata.generation], [{}, {}, 1]);
  const { resourceVersion: _, ...metadata } = made.metadata;
  await assert.rejects(webhooks.update({ ...made, metadata }), (error) => isStatus(error, 'Invalid'));
  const patched = await webhooks.patch({ name: 'w' }, { type: 'strategic', body: { webhooks: [{ name: 'a.b.c', timeoutSeconds: 5 }] } });
  assert.deepEqual([patched.webhooks?.length, patched.webhooks?.[0]?.timeoutSeconds, patched.metadata.generation], [1, 5, 2]);
  await webhooks.delete({ name: 'w' });
});

test('an APIService is named after what it serves', async () => {
  const services = admin.resource(apiServiceKind);
  const spec = { group: 'x.io', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 };
  await assert.rejects(services.create({ metadata: { name: 'v1.y.io' }, spec }), {
    message:
      'APIService.apiregistration.k8s.io "v1.y.io" is invalid: metadata.name: Invalid value: "v1.y.io": must be `spec.version+"."+spec.group`: "v1.x.io"',
  });
});

test('flow control begins with the objects that upstream has, and keeps them as they are', async () => {
  const names = async (kind: ResourceRef<KubeObject>) =>
    (await admin.resource(kind).list()).items.map(({ metadata }) => metadata.name ?? '');
  const levels = 'catch-all exempt global-default leader-election node-high system workload-high workload-low';
  assert.deepEqual(await names(priorityLevelConfigurationKind), levels.split(' '));
  const schemas = await admin.resource(flowSchemaKind).list();
  assert.equal(schemas.items.length, 13);
  for (const { metadata, status } of schemas.items) {
    assert.equal(metadata.annotations?.['apf.kubernetes.io/autoupdate-spec'], 'true');
    assert.deepEqual([status?.conditions?.[0]?.type, status?.conditions?.[0]?.status], ['Dangling', 'False']);
  }
});

interface Table {
  columnDefinitions: { name: string }[];
}

async function fetchTable(client: Client): Promise<Table> {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const { body } = await client.request({ method: 'GET', path: '/api/v1/componentstatuses', headers });
  return JSON.parse(body.toString()) as Table;
}
