import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ValidatingAdmissionPolicyBindingSpec, ValidatingAdmissionPolicySpec } from '@t8s/api';
import { validatingAdmissionPolicyKind } from '@t8s/api';
import { isStatus, type KubeObject, StatusError } from '@t8s/meta';
import type { ResourceContext } from '../../context.ts';
import { ApiServerMetrics } from '../../metrics.ts';
import { ServedResources } from '../../registry/served-resources.ts';
import type { Write } from '../../write-chain.ts';
import { podWrite, storeOf } from '../test-objects.ts';
import { validatingAdmissionPolicy } from './plugin.ts';

const rule = { operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const served = new ServedResources();

interface Case {
  policy?: ValidatingAdmissionPolicySpec;
  binding?: Partial<ValidatingAdmissionPolicyBindingSpec>;
  spec?: object;
  more?: Record<string, KubeObject[]>;
  write?: Partial<Write>;
}

/** What a create of a pod ends in, the warnings that come with it, and what the audit log is told. */
async function judge({
  policy,
  binding,
  spec = {},
  more = {},
  write = {},
}: Case): Promise<{ error: StatusError | undefined; warnings: string[]; annotations: object }> {
  const object = {
    metadata: { name: 'p' },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: "object.spec.nodeName != 'bad'" }],
      ...structuredClone(policy),
    },
  };
  validatingAdmissionPolicyKind.strategy.defaults?.(object);
  const warnings: string[] = [];
  const annotations = new Map<string, string>();
  const context = {
    user: { name: 'jane', groups: ['dev'] },
    query: new URLSearchParams(),
    info: { namespace: 'd', name: '' },
    warnings,
    annotations,
  } as unknown as ResourceContext;
  const objects = storeOf({
    namespaces: [{ metadata: { name: 'd', labels: { tier: 'dev' } } }],
    validatingadmissionpolicies: [object],
    validatingadmissionpolicybindings: [
      { metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'], ...binding } } as KubeObject,
    ],
    ...more,
  });
  const authorize = ({ verb }: { verb: string }) => ({
    decision: verb === 'get' ? ('allow' as const) : ('no-opinion' as const),
    reason: '',
  });
  try {
    await validatingAdmissionPolicy({ objects, served, authorize, metrics: new ApiServerMetrics() }).validate?.(
      podWrite(spec, { context, ...write }),
    );
    return { error: undefined, warnings, annotations: Object.fromEntries(annotations) };
  } catch (error) {
    if (error instanceof StatusError) return { error, warnings, annotations };
    throw error;
  }
}

const bad = { nodeName: 'bad' };
const told = async (of: Case): Promise<string | undefined> => (await judge(of)).error?.message;

test('a validation that is not met denies, in upstream’s words', async () => {
  assert.equal((await judge({ spec: { nodeName: 'good' } })).error, undefined);
  const { error } = await judge({ spec: bad });
  const words = `ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: object.spec.nodeName != 'bad'`;
  assert.ok(isStatus(error, 'Invalid'));
  assert.equal(error.code, 422);
  assert.equal(error.message, `pods "web" is forbidden: ${words}`);
  assert.deepEqual(error.status.details, { name: 'web', kind: 'pods', causes: [{ message: words }] });
});

test('message, messageExpression and reason', async () => {
  const validation = { expression: 'false', message: ' plain ', reason: 'Forbidden' };
  const { error } = await judge({ policy: { validations: [validation] } });
  assert.equal(error?.code, 403);
  assert.match(error?.message ?? '', /denied request: plain$/);
  const expression = async (messageExpression: string): Promise<string | undefined> =>
    told({ policy: { validations: [{ ...validation, messageExpression }] } });
  assert.match((await expression("'no ' + object.metadata.name")) ?? '', /denied request: no web$/);
  assert.match((await expression('object.nope')) ?? '', /denied request: plain$/);
  assert.match((await expression("'a\\nb'")) ?? '', /denied request: plain$/);
});

test('who is not asked: other resources, operations, namespaces, objects, conditions that do not hold', async () => {
  const constraints = (change: object): Case => ({ policy: { matchConstraints: { resourceRules: [rule], ...change } }, spec: bad });
  for (const [of, denied] of [
    [constraints({ resourceRules: [{ ...rule, resources: ['pods/status'] }] }), false],
    [constraints({ resourceRules: [{ ...rule, operations: ['DELETE'] }] }), false],
    [constraints({ resourceRules: [{ ...rule, resourceNames: ['other'] }] }), false],
    [constraints({ resourceRules: [{ ...rule, resources: ['*'], scope: 'Cluster' }] }), false],
    [constraints({ resourceRules: [{ ...rule, resources: ['*/*'], apiGroups: ['*'] }] }), true],
    [constraints({ excludeResourceRules: [rule] }), false],
    [constraints({ namespaceSelector: { matchLabels: { tier: 'prod' } } }), false],
    [constraints({ namespaceSelector: { matchLabels: { tier: 'dev' } } }), true],
    [constraints({ objectSelector: { matchLabels: { a: 'b' } } }), false],
    [{ spec: bad, binding: { matchResources: { namespaceSelector: { matchLabels: { tier: 'prod' } } } } }, false],
    [{ spec: bad, binding: { policyName: 'other' } }, false],
    [{ spec: bad, policy: { matchConditions: [{ name: 'c', expression: "request.userInfo.username != 'jane'" }] } }, false],
    [{ spec: bad, policy: { matchConditions: [{ name: 'c', expression: "'dev' in request.userInfo.groups" }] } }, true],
  ] satisfies [Case, boolean][])
    assert.equal((await judge(of)).error !== undefined, denied, JSON.stringify(of));
});

test('variables are evaluated when they are named; request, namespace and authorizer are known', async () => {
  const policy = {
    variables: [
      { name: 'images', expression: 'object.spec.containers.map(c, c.image)' },
      { name: 'first', expression: 'variables.images[0]' },
      { name: 'broken', expression: 'object.nope.nope' },
    ],
    validations: [
      { expression: "variables.first == 'i' && size(variables.images) == 1" },
      { expression: "request.operation == 'CREATE' && request.resource.resource == 'pods' && oldObject == null" },
      { expression: "namespaceObject.metadata.labels['tier'] == 'dev'" },
      { expression: "authorizer.requestResource.check('get').allowed() && !authorizer.path('/').check('post').allowed()" },
    ],
  };
  assert.equal(await told({ policy }), undefined);
  const validations = [{ expression: 'variables.broken == 1' }];
  assert.match(
    (await told({ policy: { ...policy, validations } })) ?? '',
    /expression 'variables.broken == 1' resulted in error: composited variable "broken" fails to evaluate: no such key: nope$/,
  );
  assert.equal(await told({ policy: { ...policy, validations, failurePolicy: 'Ignore' } }), undefined);
});

test('parameters by name and by selector; none found, or no such kind', async () => {
  const map = (name: string, max: string): KubeObject =>
    ({ metadata: { name, namespace: 'd', labels: { use: 'limits' } }, data: { max } }) as KubeObject;
  const of = (paramRef: object, paramKind = { apiVersion: 'v1', kind: 'ConfigMap' }): Case => ({
    policy: {
      paramKind,
      validations: [{ expression: 'size(object.spec.containers) <= int(params.data.max)', messageExpression: "'max ' + params.data.max" }],
    },
    binding: { paramRef },
    more: { configmaps: [map('a', '5'), map('z', '0')] },
  });
  assert.equal(await told(of({ name: 'a', parameterNotFoundAction: 'Deny' })), undefined);
  assert.match((await told(of({ selector: { matchLabels: { use: 'limits' } }, parameterNotFoundAction: 'Deny' }))) ?? '', /max 0$/);
  assert.equal(await told(of({ name: 'gone', parameterNotFoundAction: 'Allow' })), undefined);
  assert.match(
    (await told(of({ name: 'gone', parameterNotFoundAction: 'Deny' }))) ?? '',
    /denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction$/,
  );
  assert.match(
    (await told(of({ name: 'a', parameterNotFoundAction: 'Deny' }, { apiVersion: 'x/v1', kind: 'Y' }))) ?? '',
    /failed to configure binding: failed to find resource referenced by paramKind: 'x\/v1, Kind=Y'$/,
  );
});

test('Warn warns and lets through; Audit tells the audit log, and so do annotations', async () => {
  const auditAnnotations = [
    { key: 'node', valueExpression: "'wanted ' + object.spec.nodeName" },
    { key: 'none', valueExpression: 'null' },
  ];
  const policy = { validations: [{ expression: 'true' }, { expression: "object.spec.nodeName != 'bad'" }], auditAnnotations };
  const { error, warnings, annotations } = await judge({ policy, spec: bad, binding: { validationActions: ['Warn', 'Audit'] } });
  assert.equal(error, undefined);
  const message = "failed expression: object.spec.nodeName != 'bad'";
  assert.deepEqual(warnings, [`Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': ${message}`]);
  const failure = { message, policy: 'p', binding: 'b', expressionIndex: 1, validationActions: ['Warn', 'Audit'] };
  assert.deepEqual(annotations, {
    'p/node': 'wanted bad',
    'validation.policy.admission.k8s.io/validation_failure': JSON.stringify([failure]),
  });
});

test('an annotation that fails denies, whatever the binding says', async () => {
  const policy = { auditAnnotations: [{ key: 'k', valueExpression: 'string(object.nope)' }] };
  const asked = { policy, binding: { validationActions: ['Audit'] } };
  assert.match((await told(asked)) ?? '', /denied request: expression 'string\(object.nope\)' resulted in error: no such key: nope$/);
  assert.equal(await told({ ...asked, policy: { ...policy, failurePolicy: 'Ignore' } }), undefined);
});

test('a policy is no subject of policies', async () => {
  const resource = { kind: validatingAdmissionPolicyKind as never, storage: 'validatingadmissionpolicies' };
  const policy = {
    matchConstraints: { resourceRules: [{ ...rule, apiGroups: ['*'], resources: ['*'] }] },
    validations: [{ expression: 'false' }],
  };
  assert.equal(await told({ policy, write: { resource } }), undefined);
});
