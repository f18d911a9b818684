/** Objects that break rules, and those made to hurt. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ask } from '../raw.ts';
import { deployment, deployments, leases, maps, merge, patch, pods, post, put, refusal, serverForFile, yaml } from './server.ts';

const { ask, refused, nothingIsLeft } = serverForFile();

test('objects that are not valid, or not where they belong', async () => {
  const name = (value: string): string =>
    `ConfigMap "${value}" is invalid: metadata.name: Invalid value: "${value}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
  await refused([
    refusal(422, name('Bad_Name'), post({ metadata: { name: 'Bad_Name' } })),
    refusal(422, name('nul\\x00').replace('"nul\\x00" is', '"nul\\x00" is'), post({ metadata: { name: 'nul\0' } })),
    refusal(422, /must be no more than 253 characters$/, post({ metadata: { name: 'a'.repeat(254) } })),
    refusal(422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required', post('null')),
    refusal(
      422,
      /^Service "1x" is invalid: metadata.name: Invalid value: "1x": a DNS-1035 label must/,
      post({ metadata: { name: '1x' }, spec: { ports: [{ port: 1 }] } }, '/api/v1/namespaces/default/services'),
    ),
    refusal(
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
      post({ metadata: { name: 'x', namespace: 'other' } }),
    ),
    refusal(404, 'namespaces "nowhere" not found', post({ metadata: { name: 'x' } }, '/api/v1/namespaces/nowhere/configmaps')),
    refusal(500, 'resourceVersion should not be set on objects to be created', post({ metadata: { name: 'x', resourceVersion: '5' } })),
    [post({ metadata: { name: 'm' } }), 409, 'AlreadyExists', 'configmaps "m" already exists'],
    refusal(
      422,
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
      post({}, `${maps}?dryRun=Some`),
    ),
    refusal(
      422,
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"',
      post({}, `${maps}?fieldValidation=x`),
    ),
    refusal(
      422,
      /^CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes$/,
      post({}, `${maps}?fieldManager=${'x'.repeat(129)}`),
    ),
    refusal(400, 'the name of the object (two) does not match the name on the URL (m)', put(`${maps}/m`, { metadata: { name: 'two' } })),
    refusal(400, 'the name of the object (m based on URL) was undeterminable: name must be provided', put(`${maps}/m`, {})),
    refusal(404, 'configmaps "none" not found', put(`${maps}/none`, { metadata: { name: 'none' } })),
    refusal(
      409,
      'Operation cannot be fulfilled on configmaps "m": the object has been modified; please apply your changes to the latest version and try again',
      put(`${maps}/m`, { metadata: { name: 'm', resourceVersion: '1' } }),
    ),
    refusal(
      409,
      /^Operation cannot be fulfilled on configmaps "m": StorageError: invalid object, Code: 4, Key: \/registry\/configmaps\/default\/m, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: u, UID in object meta: [0-9a-f-]{36}$/,
      put(`${maps}/m`, { metadata: { name: 'm', uid: 'u' } }),
    ),
    refusal(
      422,
      'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      put(`${leases}/l`, { metadata: { name: 'l' } }),
    ),
    refusal(
      422,
      'Deployment.apps "d" is invalid: spec.selector: Invalid value: {"matchLabels":{"a":"b","c":"d"}}: field is immutable',
      put(`${deployments}/d`, {
        ...deployment,
        spec: {
          ...deployment.spec,
          selector: { matchLabels: { a: 'b', c: 'd' } },
          template: { ...deployment.spec.template, metadata: { labels: { a: 'b', c: 'd' } } },
        },
      }),
    ),
    refusal(
      422,
      'Deployment.apps "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      patch(`${deployments}/d`, { spec: { replicas: -1 } }, merge),
    ),
    refusal(
      422,
      'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      patch(`${deployments}/d/scale`, { spec: { replicas: -1 } }, merge),
    ),
    refusal(
      422,
      /^Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than /,
      patch(`${pods}/p`, { spec: { hostNetwork: true } }, merge),
    ),
    refusal(400, 'name in URL does not match name in Binding object', post({ target: { name: 'n' } }, `${pods}/p/binding`)),
    refusal(
      422,
      'Binding "p" is invalid: [target.kind: Unsupported value: "Pod": supported values: "<empty>", "Node", target.name: Required value]',
      post({ metadata: { name: 'p' }, target: { kind: 'Pod' } }, `${pods}/p/binding`),
    ),
    refusal(400, 'name in URL does not match name in Eviction object', post({}, `${pods}/p/eviction`)),
  ]);
  const { status } = await ask(post({ metadata: { name: 'd' }, spec: {} }, deployments));
  assert.deepEqual(
    status.details?.causes?.map(({ field, reason }) => `${field} ${reason}`),
    [
      'spec.selector FieldValueRequired',
      'spec.template.metadata.labels FieldValueInvalid',
      'spec.template.spec.containers FieldValueRequired',
    ],
  );
});

test('what is made to hurt is answered soon', async () => {
  const start = Date.now();
  const many = (count: number, make: (i: number) => string): string => Array.from({ length: count }, (_, i) => make(i)).join();
  const asks: Ask[] = [
    post('['.repeat(3_000_000)),
    post(`${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`),
    ...['[', '{a: ', '- ', '? '].map((nesting) => post(nesting.repeat(100_000), maps, yaml)),
    post(`{"metadata":{"name":"x"},${many(100_000, (i) => `"k${i}":{"a":1,"a":1}`)}}`, `${maps}?fieldValidation=Strict`),
    post(`{"metadata":{"name":"x","labels":{${many(100_000, (i) => `"k${i}":"_"`)}}}}`),
    post(`{"metadata":{"name":"${'a.'.repeat(1_400_000)}_"}}`),
    post(`{"metadata":{"name":"x"},"spec":{"containers":[${many(30_000, () => '{"name":"c","image":"i"}')}]}}`, pods),
    post(
      `{"metadata":{"name":"_"},"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"${'1'.repeat(2_900_000)}"}}}]}}`,
      pods,
    ),
  ];
  for (const given of asks) {
    const { code, body } = await ask(given);
    assert.ok(code >= 400 && code < 500, `${String(given.body).slice(0, 50)}: ${code} ${body.slice(0, 300)}`);
  }
  assert.ok(Date.now() - start < 30_000, `${Date.now() - start} ms`);
});

nothingIsLeft();
