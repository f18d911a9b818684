/** Admission webhooks and policies: a real https server is asked, and a real kubectl tells what comes of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deploymentKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import { type AdmissionSetup, admissionSetup, type Json, rule } from './admission-setup.ts';
import { type AdmissionWebhooks, patching, startAdmissionWebhooks } from './admission-webhook.ts';
import { type Cluster, startCluster } from './harness.ts';
import { type Kubectl, kubectlOf } from './kubectl-of.ts';
import { metricOf } from './metric-of.ts';

let cluster: Cluster;
let hooks: AdmissionWebhooks;
let kubectl: Kubectl;
let { webhook, apply, configured } = {} as AdmissionSetup;
before(async () => {
  [cluster, hooks] = await Promise.all([startCluster(), startAdmissionWebhooks()]);
  kubectl = await kubectlOf(cluster);
  ({ webhook, apply, configured } = admissionSetup(kubectl, hooks));
});
after(async () => {
  await cluster.stop();
  await hooks.stop();
});

/** What kubectl says when it fails. */
const refusal = async (args: readonly string[], input?: string): Promise<string> => {
  const said = await kubectl(args, input).then(
    (text) => assert.fail(`kubectl ${args.join(' ')} went well: ${text}`),
    (error: Error) => error.message,
  );
  return said.slice(said.indexOf('\n') + 1).trim();
};

test('mutating webhooks change what is stored, validating ones see it; their warnings are told', async () => {
  hooks.on('/first', () => patching({ op: 'add', path: '/data/first', value: '1' }));
  hooks.on('/again', ({ object }) =>
    (object as { data?: Json }).data?.['sum'] === '1,2'
      ? { allowed: true }
      : patching({
          op: 'add',
          path: '/data/sum',
          value: Object.keys((object as { data?: Json }).data ?? {}).includes('last') ? '1,2' : '1',
        }),
  );
  hooks.on('/last', () => patching({ op: 'add', path: '/data/last', value: '3' }));
  hooks.on('/sees', () => ({ allowed: true, warnings: ['mind the gap'] }));
  const rules = [rule('configmaps', 'CREATE')];
  const objectSelector = { matchLabels: { hooked: 'yes' } };
  const mutating = [
    webhook('first', { rules, objectSelector }),
    webhook('again', { rules, objectSelector, reinvocationPolicy: 'IfNeeded' }),
    webhook('last', { rules, objectSelector }),
  ];
  const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'made', labels: { hooked: 'yes' } }, data: { own: '0' } };
  await configured('Mutating', mutating, () =>
    configured('Validating', [webhook('sees', { rules, objectSelector })], async () => {
      assert.match(await kubectl(['create', '-f', '-'], JSON.stringify(made)), /Warning: mind the gap\n/);
      const { name: _, ...metadata } = { ...made.metadata, generateName: 'made-' };
      await kubectl(['create', '-f', '-'], JSON.stringify({ ...made, metadata }));
    }),
  );
  const stored = await kubectl(['get', 'configmap', 'made', '-o', 'jsonpath={.data}']);
  assert.deepEqual(JSON.parse(stored), { own: '0', first: '1', last: '3', sum: '1,2' });
  const [seen, generated] = hooks.asked('/sees');
  assert.equal(hooks.asked('/first').at(-1)?.object?.metadata.name, undefined, 'names are made when nothing changes any more');
  assert.match(generated?.object?.metadata.name ?? '', /^made-[a-z0-9]{5}$/);
  assert.equal(generated?.name, undefined);
  assert.deepEqual((seen?.object as { data?: Json } | null)?.data, { own: '0', first: '1', last: '3', sum: '1,2' });
  assert.ok(seen?.object?.metadata.uid, 'what is validated is what will be stored');
  assert.equal(seen?.userInfo.username, 'admin');
});

test('a generated name that is taken is made anew, a few times', async () => {
  hooks.on('/names', () => patching({ op: 'add', path: '/metadata/name', value: 'taken' }));
  await kubectl(['create', 'configmap', 'taken']);
  const rules = [rule('configmaps', 'CREATE')];
  await configured('Mutating', [webhook('names', { rules })], async () => {
    const made = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'wanted-' } });
    assert.equal(
      await refusal(['create', '-f', '-'], made),
      'Error from server (AlreadyExists): error when creating "STDIN": configmaps "taken" already exists, the server was not able to generate a unique name for the object',
    );
  });
  assert.equal(hooks.asked('/names').length, 8);
});

test('a denial stands in kubectl as upstream words it; an update shows both objects, a deletion the old one', async () => {
  hooks.on('/guard', ({ operation, oldObject }) =>
    operation === 'CREATE'
      ? { allowed: true }
      : { allowed: false, status: { code: 403, reason: 'Forbidden', message: `${operation} of ${oldObject?.metadata.name}` } },
  );
  await kubectl(['create', 'configmap', 'guarded']);
  await configured('Validating', [webhook('guard', { rules: [rule('configmaps', '*')] })], async () => {
    const words = (operation: string): string => `admission webhook "guard.example.com" denied the request: ${operation} of guarded`;
    assert.equal(await refusal(['label', 'configmap', 'guarded', 'a=b']), `Error from server (Forbidden): ${words('UPDATE')}`);
    assert.equal(await refusal(['delete', 'configmap', 'guarded']), `Error from server (Forbidden): ${words('DELETE')}`);
  });
  const rejected = { name: 'guard.example.com', type: 'validating', operation: 'UPDATE', error_type: 'no_error', rejection_code: '403' };
  assert.equal(await metricOf(cluster.api.admin, 'apiserver_admission_webhook_rejection_count', rejected), 1);
  const [update, removal] = hooks.asked('/guard').filter(({ name }) => name === 'guarded');
  assert.deepEqual([update?.object?.metadata.labels, update?.oldObject?.metadata.labels], [{ a: 'b' }, undefined]);
  assert.deepEqual([removal?.object, removal?.oldObject?.metadata.name], [null, 'guarded']);
  assert.equal(removal?.options?.['kind'], 'DeleteOptions');
  await kubectl(['delete', 'configmap', 'guarded']);
});

test('through a service, by its name in the certificate', async () => {
  hooks.on('/service', () => ({ allowed: false, status: { message: 'through the service' } }));
  const spec = { type: 'ExternalName', externalName: 'localhost', ports: [{ port: hooks.port }] };
  await apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'hooks', namespace: 'default' }, spec });
  const service = { namespace: 'default', name: 'hooks', path: '/service', port: hooks.port };
  const rules = [rule('secrets', 'CREATE')];
  await configured('Validating', [webhook('service', { rules, clientConfig: { service, caBundle: hooks.caBundle } })], async () => {
    assert.match(await refusal(['create', 'secret', 'generic', 's']), /denied the request: through the service$/);
  });
  const nowhere = { namespace: 'default', name: 'nowhere' };
  await configured(
    'Validating',
    [webhook('nowhere', { rules, clientConfig: { service: nowhere, caBundle: hooks.caBundle } })],
    async () => {
      assert.match(
        await refusal(['create', 'secret', 'generic', 's']),
        /failed calling webhook "nowhere.example.com": failed to call webhook: Post "https:\/\/nowhere.default.svc:443\/\?timeout=10s": services? "nowhere" not found$/,
      );
    },
  );
});

test('one that can’t be asked: the failure policy, the time limit, the certificate, dry runs', async () => {
  const create = ['create', 'configmap', 'tried', '--dry-run=server'];
  const rules = [rule('configmaps', 'CREATE')];
  const tried = (name: string, change: Json, work: () => Promise<void>): Promise<void> =>
    configured('Validating', [webhook(name, { rules, ...change })], work);
  hooks.on('/slow', () => undefined);
  await tried('slow', { timeoutSeconds: 1 }, async () => {
    assert.equal(
      await refusal(create),
      `error: failed to create configmap: Internal error occurred: failed calling webhook "slow.example.com": failed to call webhook: Post "${hooks.url('/slow')}?timeout=1s": context deadline exceeded`,
    );
  });
  await tried('slow', { timeoutSeconds: 1, failurePolicy: 'Ignore' }, async () => {
    assert.equal(await kubectl(create), 'configmap/tried created (server dry run)\n');
  });
  await tried('stranger', { clientConfig: { url: hooks.url('/slow') } }, async () => {
    assert.match(await refusal(create), /tls: failed to verify certificate: x509: certificate signed by unknown authority$/);
  });
  hooks.on('/dry', () => ({ allowed: true }));
  await tried('dry', { sideEffects: 'NoneOnDryRun' }, async () => {
    await kubectl(create);
  });
  assert.equal(hooks.asked('/dry').at(-1)?.dryRun, true);
});

test('the tutorial’s policy, bound to a namespace: kubectl tells what is wrong', async () => {
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'demo-policy.example.com' },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }],
      },
      validations: [{ expression: 'object.spec.replicas <= 5' }],
    },
  };
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'demo-binding-test.example.com' },
    spec: {
      policyName: 'demo-policy.example.com',
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { environment: 'test' } } },
    },
  };
  const test = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'test', labels: { environment: 'test' } } };
  assert.equal(
    await apply(policy, binding, test),
    [
      'validatingadmissionpolicy.admissionregistration.k8s.io/demo-policy.example.com created',
      'validatingadmissionpolicybinding.admissionregistration.k8s.io/demo-binding-test.example.com created',
      'namespace/test created',
      '',
    ].join('\n'),
  );
  const create = (namespace: string): string[] => ['-n', namespace, 'create', 'deployment', 'nginx', '--image=nginx', '--replicas=6'];
  assert.equal(await kubectl(create('default')), 'deployment.apps/nginx created\n');
  assert.equal(
    await refusal(create('test')),
    `error: failed to create deployment: deployments.apps "nginx" is forbidden: ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding-test.example.com' denied request: failed expression: object.spec.replicas <= 5`,
  );
  const manifest = (await kubectl(['-n', 'default', 'get', 'deployment', 'nginx', '-o', 'json'])).replace(
    /"namespace": "default"/,
    '"namespace": "test"',
  );
  assert.equal(
    await refusal(['create', '-f', '-'], manifest),
    `The deployments "nginx" is invalid: : ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding-test.example.com' denied request: failed expression: object.spec.replicas <= 5`,
  );
  await kubectl(['-n', 'test', 'create', 'deployment', 'nginx', '--image=nginx', '--replicas=5']);
  assert.match(
    await refusal(['-n', 'test', 'patch', 'deployment', 'nginx', '-p', '{"spec":{"replicas":9}}']),
    /denied request: failed expression/,
  );
  await kubectl([
    'patch',
    'validatingadmissionpolicybinding',
    binding.metadata.name,
    '--type=merge',
    '-p',
    '{"spec":{"validationActions":["Warn"]}}',
  ]);
  assert.match(
    await kubectl(['-n', 'test', 'patch', 'deployment', 'nginx', '-p', '{"spec":{"replicas":9}}']),
    /^Warning: Validation failed for ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding-test.example.com': failed expression: object.spec.replicas <= 5\n/,
  );
  const checked = { policy: 'demo-policy.example.com', policy_binding: 'demo-binding-test.example.com', error_type: 'no_error' };
  const checks = (action: string): Promise<number | undefined> =>
    metricOf(cluster.api.admin, 'apiserver_validating_admission_policy_check_total', { ...checked, enforcement_action: action });
  assert.deepEqual(await Promise.all(['allow', 'deny', 'warn'].map(checks)), [1, 3, 1]);
  await kubectl([
    'patch',
    'validatingadmissionpolicybinding',
    binding.metadata.name,
    '--type=merge',
    '-p',
    '{"spec":{"validationActions":["Audit"]}}',
  ]);
  await kubectl(['-n', 'test', 'patch', 'deployment', 'nginx', '-p', '{"spec":{"replicas":10}}']);
  await eventually(() =>
    assert.match(
      cluster.api.output(),
      /"annotations":\{"validation.policy.admission.k8s.io\/validation_failure":"\[\{\\"message\\":\\"failed expression: object.spec.replicas/,
    ),
  );
});

test('a policy with parameters of a custom resource; an expression that makes no sense is refused', async () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'limits.rules.example.com' },
    spec: {
      group: 'rules.example.com',
      scope: 'Namespaced',
      names: { plural: 'limits', kind: 'Limit' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { max: { type: 'integer' } } } },
        },
      ],
    },
  };
  await apply(definition);
  await kubectl(['wait', '--for=condition=Established', 'crd/limits.rules.example.com', '--timeout=10s']);
  const policy = (expression: string): Json => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'limited' },
    spec: {
      paramKind: { apiVersion: 'rules.example.com/v1', kind: 'Limit' },
      matchConstraints: { resourceRules: [rule('configmaps', 'CREATE')] },
      matchConditions: [{ name: 'no-system', expression: "!request.userInfo.username.startsWith('system:')" }],
      variables: [{ name: 'keys', expression: 'has(object.data) ? size(object.data) : 0' }],
      validations: [
        { expression, messageExpression: "'at most ' + string(params.max) + ' keys, got ' + string(variables.keys)", reason: 'Forbidden' },
      ],
    },
  });
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'limited' },
    spec: {
      policyName: 'limited',
      validationActions: ['Deny'],
      paramRef: { selector: {}, parameterNotFoundAction: 'Allow' },
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'limited' } } },
    },
  };
  assert.match(
    await refusal(['create', '-f', '-'], JSON.stringify(policy('variables.kyes <= params.max'))),
    /^The ValidatingAdmissionPolicy "limited" is invalid: spec.validations\[0\].expression: Invalid value: "variables.kyes <= params.max": compilation failed: ERROR: <input>:1:10: undefined field 'kyes'\n \| variables.kyes <= params.max\n \| \.{9}\^$/,
  );
  await apply(policy('variables.keys <= params.max'), binding);
  await kubectl(['create', 'namespace', 'limited']);
  const create = (name: string): string[] => ['-n', 'limited', 'create', 'configmap', name, '--from-literal=a=1', '--from-literal=b=2'];
  await kubectl(create('before'));
  hooks.on('/custom', () => patching({ op: 'add', path: '/max', value: 1 }));
  await configured('Mutating', [webhook('custom', { rules: [rule('limits', 'CREATE')] })], async () => {
    await apply({ apiVersion: 'rules.example.com/v1', kind: 'Limit', metadata: { name: 'strict', namespace: 'limited' } });
  });
  assert.match(
    await refusal(create('after')),
    /configmaps "after" is forbidden: ValidatingAdmissionPolicy 'limited' with binding 'limited' denied request: at most 1 keys, got 2$/,
  );
  await kubectl(['delete', 'crd', 'limits.rules.example.com']);
});

test('webhooks and policies are shown what is there in the version their rules name', async () => {
  hooks.on('/equivalent', () => ({ allowed: true }));
  const rules = [{ ...rule('horizontalpodautoscalers', 'CREATE'), apiGroups: ['autoscaling'], apiVersions: ['v1'] }];
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: deploymentKind.kind, name: 'scaled' },
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    },
  };
  await configured('Validating', [webhook('equivalent', { rules })], async () => {
    await apply(autoscaler);
  });
  const [seen] = hooks.asked('/equivalent');
  assert.equal((seen?.object as { apiVersion?: string } | null)?.apiVersion, 'autoscaling/v1');
  assert.equal((seen?.object as { spec?: Json } | null)?.spec?.['targetCPUUtilizationPercentage'], 70);
  assert.deepEqual([seen?.resource.version, seen?.requestResource.version], ['v1', 'v2']);
});

test('custom resources are shown in the version the rules name, and what comes back is in the one of the request', async () => {
  const schema = { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } } };
  const versions = ['v1', 'v2'].map((name) => ({ name, served: true, storage: name === 'v1', schema }));
  const names = { plural: 'boxes', kind: 'Box' };
  await apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'boxes.versions.example.com' },
    spec: { group: 'versions.example.com', scope: 'Namespaced', names, versions },
  });
  await kubectl(['wait', '--for=condition=Established', 'crd/boxes.versions.example.com', '--timeout=10s']);
  hooks.on('/versions', () => patching({ op: 'add', path: '/size', value: 7 }));
  const rules = [{ ...rule('boxes', 'CREATE'), apiGroups: ['versions.example.com'], apiVersions: ['v1'] }];
  const box = { apiVersion: 'versions.example.com/v2', kind: 'Box', metadata: { name: 'b', namespace: 'default' } };
  await configured('Mutating', [webhook('versions', { rules })], async () => {
    await apply(box);
  });
  assert.equal((hooks.asked('/versions')[0]?.object as { apiVersion?: string } | null)?.apiVersion, 'versions.example.com/v1');
  assert.equal(
    await kubectl(['get', 'boxes.v2.versions.example.com', 'b', '-o', 'jsonpath={.apiVersion} {.size}']),
    'versions.example.com/v2 7',
  );
  await configured(
    'Mutating',
    [webhook('versions', { rules: rules.map((one) => ({ ...one, operations: ['*'] })), matchPolicy: 'Exact' })],
    async () => {
      await kubectl(['delete', 'boxes.v2.versions.example.com', 'b']);
    },
  );
  assert.equal(hooks.asked('/versions').length, 1, 'Exact asks for no other version');
});
