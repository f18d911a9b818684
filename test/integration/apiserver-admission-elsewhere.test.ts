/** Admission of requests that store no object of their resource: webhooks and policies are asked about each. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admissionSetup, type Json, rule } from './admission-setup.ts';
import { type AdmissionWebhooks, startAdmissionWebhooks } from './admission-webhook.ts';
import { type Cluster, startCluster } from './harness.ts';
import { type Kubectl, kubectlOf } from './kubectl-of.ts';

let cluster: Cluster;
let hooks: AdmissionWebhooks;
let kubectl: Kubectl;
before(async () => {
  [cluster, hooks] = await Promise.all([startCluster(), startAdmissionWebhooks()]);
  kubectl = await kubectlOf(cluster);
});
after(async () => {
  await cluster.stop();
  await hooks.stop();
});

/** With what admission is to see of each. */
const namespaced = '/api/v1/namespaces/default';
const review = (kind: string, spec: Json = {}): Json => ({
  method: 'POST',
  path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
  body: { spec },
});
const reaching = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } };
const elsewhere: [asked: Json, seen: string][] = [
  [
    { method: 'POST', path: `${namespaced}/bindings`, body: { metadata: { name: 'pod' }, target: { name: 'n' } } },
    'CREATE Binding bindings/ default/pod',
  ],
  [
    { method: 'POST', path: `${namespaced}/pods/pod/binding`, body: { metadata: { name: 'pod' }, target: { name: 'n' } } },
    'CREATE Binding pods/binding default/pod',
  ],
  [
    {
      method: 'POST',
      path: `${namespaced}/pods/pod/eviction`,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'pod' } },
    },
    'CREATE Eviction pods/eviction default/pod',
  ],
  [
    { method: 'POST', path: `${namespaced}/serviceaccounts/default/token`, body: { spec: {} } },
    'CREATE TokenRequest serviceaccounts/token default/default',
  ],
  [
    { method: 'PATCH', path: `/apis/apps/v1/namespaces/default/deployments/scaled/scale`, body: { spec: { replicas: 3 } } },
    'UPDATE Scale deployments/scale default/scaled',
  ],
  [
    { method: 'PATCH', path: `${namespaced}/pods/pod/ephemeralcontainers`, body: { metadata: { labels: { a: 'b' } } } },
    'UPDATE Pod pods/ephemeralcontainers default/pod',
  ],
  [{ method: 'PATCH', path: `${namespaced}/pods/pod/status`, body: { status: { message: 'm' } } }, 'UPDATE Pod pods/status default/pod'],
  ...['exec', 'attach', 'portforward', 'proxy'].map((part): [Json, string] => [
    { method: 'POST', path: `${namespaced}/pods/pod/${part}`, body: {} },
    `CONNECT Pod${{ exec: 'Exec', attach: 'Attach', portforward: 'PortForward', proxy: 'Proxy' }[part]}Options pods/${part} default/pod`,
  ]),
  [{ method: 'GET', path: `${namespaced}/services/svc/proxy/a/b` }, 'CONNECT ServiceProxyOptions services/proxy default/svc'],
  [{ method: 'GET', path: '/api/v1/nodes/n:10250/proxy/pods' }, 'CONNECT NodeProxyOptions nodes/proxy /n:10250'],
  [review('SelfSubjectAccessReview', reaching), 'CREATE SelfSubjectAccessReview selfsubjectaccessreviews/ /'],
  [review('SubjectAccessReview', { ...reaching, user: 'jane' }), 'CREATE SubjectAccessReview subjectaccessreviews/ /'],
  [review('SelfSubjectRulesReview', { namespace: 'default' }), 'CREATE SelfSubjectRulesReview selfsubjectrulesreviews/ /'],
  [
    { method: 'POST', path: '/apis/authentication.k8s.io/v1/tokenreviews', body: { spec: { token: 't' } } },
    'CREATE TokenReview tokenreviews/ /',
  ],
  [
    { method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: {} },
    'CREATE SelfSubjectReview selfsubjectreviews/ /',
  ],
  [{ method: 'DELETE', path: `${namespaced}/pods/pod` }, 'DELETE Pod pods/ default/pod'],
  [{ method: 'DELETE', path: `${namespaced}/pods?labelSelector=run%3Dpod` }, 'DELETE Pod pods/ default/pod'],
  [{ method: 'DELETE', path: '/api/v1/namespaces/ending' }, 'DELETE Namespace namespaces/ ending/ending'],
];

test('webhooks and policies are asked about what stores no object of its own: connections, evictions, tokens, reviews', async () => {
  const { admin } = cluster.api;
  const { webhook, apply, configured } = admissionSetup(kubectl, hooks);
  await kubectl(['create', 'deployment', 'scaled', '--image=busybox']);
  await kubectl(['run', 'pod', '--image=busybox']);
  await kubectl(['create', 'namespace', 'ending']);
  const ask = async (by: 'mutating' | 'validating' | 'policy'): Promise<void> => {
    for (const [{ method, path, body }, seen] of elsewhere) {
      const headers: Record<string, string> = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
      const request = admin.request({
        method: method as string,
        path: path as string,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      // Policies have no say in questions about who asks, and what they may do.
      if (by === 'policy' && seen.includes('Review ')) await request;
      else
        await assert.rejects(request, (error: Error) => {
          assert.ok(error.message.endsWith(`: saw ${seen}`), `${by}: ${method} ${path}: ${error.message}`);
          return true;
        });
    }
  };
  hooks.on('/part', ({ operation, kind, resource, subResource = '', namespace = '', name = '' }) => ({
    allowed: false,
    status: { message: `saw ${operation} ${kind.kind} ${resource.resource}/${subResource} ${namespace}/${name}` },
  }));
  const matchConditions = [{ name: 'by-us', expression: "request.userInfo.username == 'admin'" }];
  const rules = ['*', '*/*'].map((resource) => rule(resource, '*'));
  const part = webhook('part', { rules, matchConditions });
  // What configures admission is exempt, so that these come and go.
  await configured('Validating', [part], () => ask('validating'));
  await configured('Mutating', [part], () => ask('mutating'));
  const of = (field: string): string => `(has(request.${field}) ? request.${field} : '')`;
  const messageExpression = `'saw ' + request.operation + ' ' + request.kind.kind + ' ' + request.resource.resource + '/' + ${of('subResource')} + ' ' + ${of('namespace')} + '/' + ${of('name')}`;
  const admission = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'part' } };
  const validations = [{ expression: 'false', messageExpression }];
  await apply(
    { ...admission, kind: 'ValidatingAdmissionPolicy', spec: { matchConstraints: { resourceRules: rules }, matchConditions, validations } },
    { ...admission, kind: 'ValidatingAdmissionPolicyBinding', spec: { policyName: 'part', validationActions: ['Deny'] } },
  );
  try {
    await ask('policy');
  } finally {
    await kubectl(['delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', 'part']);
  }
  const seen = (subResource: string): Json | undefined =>
    hooks.asked('/part').find((one) => one.subResource === subResource)?.object as Json | undefined;
  assert.deepEqual([seen('scale')?.['spec'], seen('binding')?.['target']], [{ replicas: 3 }, { name: 'n' }]);
  assert.deepEqual(seen('proxy'), { kind: 'PodProxyOptions', apiVersion: 'v1', path: '' });
  assert.equal(
    hooks.asked('/part').find(({ operation, name }) => operation === 'DELETE' && name === 'pod')?.oldObject?.metadata.name,
    'pod',
  );
});
