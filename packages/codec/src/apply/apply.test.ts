import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatus, type KubeObject, StatusError } from '@t8s/meta';
import { applyConfiguration } from './apply.ts';
import type { Managed } from './field-manager.ts';
import { setOf } from './field-set.ts';
import { mergeType } from './merge-type.ts';
import { trackUpdate } from './update.ts';

type Json = Record<string, unknown>;

const reset = setOf(['f:status']);
const deployments: Managed = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  type: mergeType('Deployment'),
  subresource: '',
  resetFields: reset,
};
const maps: Managed = { ...deployments, group: '', kind: 'ConfigMap', type: mergeType('ConfigMap') };
const services: Managed = { ...maps, kind: 'Service', type: mergeType('Service') };

const t0 = Date.parse('2024-01-01T00:00:00Z');
const configMap = (fields: Json, metadata: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', namespace: 'd', ...metadata },
  ...fields,
});
const deployment = (spec: Json): Json => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'd' }, spec });
const container = (fields: Json): Json => deployment({ template: { spec: { containers: [{ name: 'c', ...fields }] } } });

interface Step {
  managed?: Managed;
  manager?: string;
  force?: boolean;
  now?: number;
}

/** As stored: with an identity. */
const stored = (object: KubeObject): KubeObject => ({ ...object, metadata: { uid: 'u', ...object.metadata } });

const apply = (live: KubeObject | undefined, configuration: Json, { managed = maps, manager = 'a', force = false, now = t0 }: Step = {}) =>
  stored(applyConfiguration({ managed, live, configuration, manager, force, now }));

function update(live: KubeObject | undefined, next: Json, { managed = maps, manager = 'u', now = t0 }: Step = {}): KubeObject {
  const object = structuredClone(next) as unknown as KubeObject;
  trackUpdate({ managed, live, next: object, manager, now });
  return stored(object);
}

/** `manager operation: fields`, a line for each entry. */
const managers = ({ metadata }: KubeObject): string[] =>
  (metadata.managedFields ?? []).map(
    ({ manager, operation, subresource, fieldsV1 }) =>
      `${manager} ${operation}${subresource ? ` ${subresource}` : ''}: ${JSON.stringify(fieldsV1).replaceAll('"', '').replaceAll(':{}', '')}`,
  );
const data = (object: KubeObject): unknown => (object as unknown as Json)['data'];

function refusal(run: () => unknown): StatusError {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  return assert.fail('it was not refused');
}

test('the first to apply a value is told of by name to those who come with another', () => {
  const live = apply(undefined, configMap({ data: { key: 'some value' } }), { manager: 'kubectl' });
  assert.deepEqual(managers(live), ['kubectl Apply: {f:data:{f:key}}']);
  const error = refusal(() => apply(live, configMap({ data: { key: 'other' } }), { manager: 'b' }));
  assert.ok(isStatus(error, 'Conflict'));
  assert.equal(error.code, 409);
  assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "kubectl": .data.key');
  assert.deepEqual(error.status.details, {
    causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.data.key' }],
  });
  const forced = apply(live, configMap({ data: { key: 'other' } }), { manager: 'b', force: true });
  assert.deepEqual(data(forced), { key: 'other' });
  assert.deepEqual(managers(forced), ['b Apply: {f:data:{f:key}}'], 'a manager with nothing left is gone');
});

test('several conflicts are listed by manager, updates with their version', () => {
  const live = update(undefined, container({ image: 'i:1', ports: [{ containerPort: 80 }] }), { managed: deployments, manager: 'kubectl' });
  const wanted = deployment({
    replicas: 3,
    template: { spec: { containers: [{ name: 'c', image: 'i:2', ports: [{ containerPort: 80, name: 'http' }] }] } },
  });
  const scaled = update(
    live,
    { ...structuredClone(live), spec: { ...(live as unknown as { spec: Json }).spec, replicas: 1 } },
    { managed: deployments, manager: 'hpa' },
  );
  const error = refusal(() => apply(scaled, wanted, { managed: deployments }));
  assert.equal(
    error.message,
    'Apply failed with 2 conflicts: conflicts with "hpa" using apps/v1:\n- .spec.replicas\n' +
      'conflicts with "kubectl" using apps/v1:\n- .spec.template.spec.containers[name="c"].image',
  );
});

test('values on which all agree are shared; a field goes with the last who applies it', () => {
  const one = apply(undefined, configMap({ data: { a: '1', b: '1' } }), { manager: 'a' });
  const two = apply(one, configMap({ data: { a: '1' } }), { manager: 'b' });
  assert.deepEqual(managers(two), ['b Apply: {f:data:{f:a}}', 'a Apply: {f:data:{f:a,f:b}}'], 'who changes nothing has no time');
  const three = apply(two, configMap({}), { manager: 'a' });
  assert.deepEqual(data(three), { a: '1' }, 'b went, a is still managed');
  const four = apply(three, configMap({}), { manager: 'b' });
  assert.equal(data(four), undefined);
  assert.deepEqual(managers(four), []);
});

test('what an updater set stays when its applier leaves it out', () => {
  const live = apply(undefined, deployment({ replicas: 1 }), { managed: deployments });
  const scaled = update(live, { ...structuredClone(live), spec: { replicas: 5 } }, { managed: deployments, manager: 'hpa' });
  assert.deepEqual(managers(scaled), ['hpa Update: {f:spec:{f:replicas}}']);
  const again = apply(scaled, deployment({}), { managed: deployments });
  assert.deepEqual((again as unknown as Json)['spec'], { replicas: 5 });
});

test('list elements merge by key and keep their places; those left out go', () => {
  const names = (object: KubeObject): unknown[] =>
    (object as unknown as { spec: { template: { spec: { containers: { name: string }[] } } } }).spec.template.spec.containers.map(
      (c) => c.name,
    );
  const of = (...list: string[]): Json => deployment({ template: { spec: { containers: list.map((name) => ({ name, image: name })) } } });
  const both = apply(apply(undefined, of('a', 'b', 'c'), { managed: deployments }), of('x', 'b', 'y'), {
    managed: deployments,
    manager: 'z',
    force: true,
  });
  assert.deepEqual(names(both), ['a', 'x', 'b', 'c', 'y']);
  const orders = { ba: 'xbya', ca: 'xbcya', a: 'axby', cnab: 'xcynab', nc: 'xbncy' };
  for (const [applied, left] of Object.entries(orders))
    assert.equal(names(apply(both, of(...applied), { managed: deployments })).join(''), left, applied);
  const ports = (...list: Json[]): Json => ({ ...deployment({}), apiVersion: 'v1', kind: 'Service', spec: { ports: list } });
  const service = apply(undefined, ports({ port: 53 }, { port: 53, protocol: 'UDP' }), { managed: services });
  assert.match(managers(service)[0] ?? '', /k:\{\\port\\:53,\\protocol\\:\\TCP\\\}:\{\.,f:port\},k:\{\\port\\:53,\\protocol\\:\\UDP\\\}/);
});

test('applying again changes nothing, not even the time', () => {
  const config = container({ image: 'i', env: [{ name: 'A', value: '1' }] });
  const live = apply(undefined, config, { managed: deployments });
  assert.deepEqual(apply(live, config, { managed: deployments, now: t0 + 9000 }), live);
});

test('an update of what one manages already changes no entry but the time; one that changes nothing, nothing', () => {
  const live = update(undefined, configMap({ data: { a: '1' } }));
  const same = update(live, structuredClone(live) as unknown as Json, { now: t0 + 5000 });
  assert.deepEqual(same.metadata.managedFields, live.metadata.managedFields);
  const next = update(live, { ...structuredClone(live), data: { a: '2' } }, { now: t0 + 5000 });
  assert.deepEqual(managers(next), managers(live));
  assert.equal(next.metadata.managedFields?.[0]?.time, '2024-01-01T00:00:05Z');
  const less = update(next, { ...structuredClone(next), data: {} }, { manager: 'v' });
  assert.deepEqual(managers(less), [], 'removed fields are nobody’s');
});

test('sub-resources manage by their own name, and never what they do not write', () => {
  const live = update(undefined, { ...deployment({ replicas: 1 }), status: { replicas: 9 } }, { managed: deployments });
  assert.deepEqual(managers(live), ['u Update: {f:spec:{f:replicas}}']);
  const status: Managed = { ...deployments, subresource: 'status', resetFields: setOf(['f:spec']) };
  const next = update(live, { ...structuredClone(live), spec: { replicas: 7 }, status: { replicas: 1 } }, { managed: status });
  assert.deepEqual(managers(next), ['u Update: {f:spec:{f:replicas}}', 'u Update status: {f:status:{f:replicas}}']);
});

test('managedFields sent along count, an empty list or entry forgets, nonsense is passed over', () => {
  const live = update(undefined, configMap({ data: { a: '1' } }));
  const send = (managedFields: unknown): string[] => managers(update(live, configMap({ data: { a: '1' } }, { uid: 'u', managedFields })));
  const entry = { manager: 'm', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} } } };
  assert.deepEqual(send([entry]), ['m Apply: {f:data:{f:a}}']);
  assert.deepEqual(send([]), []);
  assert.deepEqual(send([{}]), []);
  for (const bad of [
    { ...entry, operation: 'X' },
    { ...entry, apiVersion: '' },
    { ...entry, fieldsType: 'F2' },
    { ...entry, fieldsV1: { 'f:': 1 } },
  ])
    assert.deepEqual(send([bad]), ['u Update: {f:data:{.,f:a}}'], JSON.stringify(bad));
  const untracked = update({ metadata: { uid: 'u' } }, configMap({ data: { a: '1' } }, { uid: 'u' }));
  assert.deepEqual(managers(untracked), [], 'an object nobody has managed stays so until it is applied to');
});

test('objects from before are managed by before-first-apply once they are applied to', () => {
  const live = stored({ ...configMap({ data: { a: '1', b: '1' } }) } as unknown as KubeObject);
  const next = apply(live, configMap({ data: { a: '1' } }));
  assert.deepEqual(managers(next), ['a Apply: {f:data:{f:a}}', 'before-first-apply Update: {f:data:{.,f:a,f:b}}']);
  assert.equal(
    refusal(() => apply(live, configMap({ data: { a: '2' } }))).message,
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
  );
});

test('kubectl takes over what its client-side apply set, and keeps the annotation for the way back', () => {
  const last = (fields: Json): Json => ({ 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(configMap(fields)) });
  const live = update(undefined, configMap({ data: { a: '1', b: '1' } }, { annotations: last({ data: { a: '1' } }) }), {
    manager: 'kubectl-client-side-apply',
  });
  const wanted = configMap({ data: { a: '2' } });
  const next = apply(live, wanted, { manager: 'kubectl' });
  assert.deepEqual(data(next), { a: '2', b: '1' });
  assert.equal(
    next.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'],
    '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"x","namespace":"d"}}\n',
  );
  assert.equal(refusal(() => apply(live, wanted, { manager: 'me' })).code, 409, 'others don’t');
  assert.equal(
    refusal(() => apply(live, configMap({ data: { a: '2', b: '2' } }), { manager: 'kubectl' })).message,
    'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.b',
  );
});

test('the eleventh updater and those after it make the oldest one', () => {
  let live = update(undefined, configMap({ data: { k0: '0' } }), { manager: 'm0' });
  for (let i = 1; i < 13; i++)
    live = update(
      live,
      { ...structuredClone(live), data: { ...(data(live) as Json), [`k${i}`]: '1' } },
      { manager: `m${i}`, now: t0 + i * 1000 },
    );
  assert.deepEqual(
    managers(live).map((line) => line.split(' ')[0]),
    ['ancient-changes', ...[4, 5, 6, 7, 8, 9, 10, 11, 12].map((i) => `m${i}`)],
  );
  assert.equal(managers(live)[0], 'ancient-changes Update: {f:data:{.,f:k0,f:k1,f:k2,f:k3}}');
});

test('configurations that do not fit are refused in upstream’s words', () => {
  const live = apply(undefined, deployment({ replicas: 1 }), { managed: deployments });
  const typed = 'failed to create typed patch object (d/web; apps/v1, Kind=Deployment): ';
  const cases: [Json, number, string][] = [
    [{ ...deployment({}), kind: 'Pod' }, 400, 'invalid object type: apps/v1, Kind=Pod'],
    [{}, 400, 'invalid object type: /, Kind='],
    [{ ...deployment({}), metadata: { name: 'web', managedFields: [] } }, 400, 'metadata.managedFields must be nil'],
    [deployment({ foo: 1 }), 500, `${typed}.spec.foo: field not declared in schema`],
    [deployment({ replicas: 'x' }), 500, `${typed}.spec.replicas: expected numeric (int or float), got string`],
    [
      container({ ports: [{ protocol: 'TCP' }, { containerPort: 0 }] }),
      500,
      `${typed}.spec.template.spec.containers[name="c"].ports: duplicate entries for key [containerPort=0,protocol="TCP"]`,
    ],
    [{ ...deployment({}), spec: [] }, 500, `${typed}.spec: expected map, got &{[]}`],
  ];
  for (const [configuration, code, message] of cases) {
    const error = refusal(() => apply(live, configuration, { managed: deployments }));
    assert.deepEqual([error.code, error.message], [code, message]);
  }
});

test('in another version of the kind the same fields are found again; versions that are gone are forgotten', () => {
  const v2: Managed = {
    ...maps,
    version: 'v2',
    convert: (object, apiVersion) => (apiVersion === 'v9' ? undefined : { object: { ...object, apiVersion }, type: maps.type }),
  };
  const old = apply(undefined, configMap({ data: { a: '1', b: '1' } }));
  const gone = { manager: 'gone', operation: 'Update', apiVersion: 'v9', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} } } };
  const live: KubeObject = { ...old, metadata: { ...old.metadata, managedFields: [...(old.metadata.managedFields ?? []), gone] } };
  const next = apply(live, { ...configMap({ data: { a: '1' } }), apiVersion: 'v2' }, { managed: v2 });
  assert.deepEqual(data(next), { a: '1' });
  assert.deepEqual(managers(next), ['a Apply: {f:data:{f:a}}']);
});
