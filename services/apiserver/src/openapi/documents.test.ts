import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredDefaults, enumValues, kinds, schema } from '@t8s/api';
import { formatApiVersion } from '@t8s/meta';
import { definitionName } from './definition-names.ts';
import { paths, pathTypes } from './paths.ts';
import { type Dialect, reachable, typeSchema } from './schemas.ts';

type Json = Record<string, unknown>;
type Operation = Json & { operationId: string };

const groupVersions = [...new Set(kinds.map(formatApiVersion))];
const operations = (item: Json): Operation[] => Object.values(item).filter((value): value is Operation => !Array.isArray(value));

for (const dialect of ['v2', 'v3'] satisfies Dialect[])
  test(`${dialect}: every reference leads somewhere, and every operation has a name of its own`, () => {
    const names = new Set<string>();
    for (const gv of groupVersions) {
      const own = kinds.filter((kind) => formatApiVersion(kind) === gv);
      const types = reachable(pathTypes(own));
      const defined = new Set(types.map(definitionName));
      const made = paths(own, dialect);
      const text = JSON.stringify([made, types.map((type) => typeSchema(type, dialect))]);
      for (const [, name] of text.matchAll(/"\$ref":"#\/[^"]*\/([^"/]+)"/g)) assert.ok(defined.has(name ?? ''), name);
      for (const { operationId } of Object.values(made).flatMap((item) => operations(item as Json))) {
        assert.ok(!names.has(operationId), operationId);
        names.add(operationId);
      }
    }
    for (const name of [
      'listCoreV1NamespacedPod',
      'listCoreV1PodForAllNamespaces',
      'createAppsV1NamespacedDeployment',
      'readCoreV1Node',
      'replaceAppsV1NamespacedDeploymentScale',
      'patchCoreV1NamespacedPodStatus',
      'deleteCoreV1CollectionNamespacedPod',
      'createCoreV1NamespacedPodEviction',
      'connectCoreV1GetNamespacedPodExec',
      'connectCoreV1PutNamespacedServiceProxyWithPath',
      'connectCoreV1DeleteNodeProxy',
      'readCoreV1NamespacedPodLog',
      'watchCoreV1NamespacedPod',
      'watchCoreV1PodListForAllNamespaces',
      'watchCoreV1NodeList',
    ])
      assert.ok(names.has(name), name);
  });

test('what a container says is text, and what may be asked of it is named', () => {
  const item = paths(
    kinds.filter((kind) => formatApiVersion(kind) === 'v1'),
    'v2',
  )['/api/v1/namespaces/{namespace}/pods/{name}/log'] as Json & {
    parameters: { name: string; in: string }[];
    get: { responses: Record<string, { schema: Json }> };
  };
  assert.deepEqual(item.get.responses['200']?.schema, { type: 'string' });
  const asked = item.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  assert.ok(
    ['container', 'follow', 'tailLines'].every((name) => asked.includes(name)),
    asked.join(),
  );
});

test('quantities, times and what is a number or text have definitions of their own', () => {
  assert.equal(definitionName('quantity'), 'io.k8s.apimachinery.pkg.api.resource.Quantity');
  assert.deepEqual(typeSchema('intOrString', 'v3').oneOf, [{ type: 'integer' }, { type: 'string' }]);
  assert.equal(typeSchema('intOrString', 'v2').type, 'string');
  const field = (type: string, name: string, dialect: Dialect): Json =>
    ((typeSchema(type, dialect).properties as Json)[name] ?? {}) as Json;
  const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
  assert.deepEqual(field('RollingUpdateDeployment', 'maxSurge', 'v3').allOf, [{ $ref: `#/components/schemas/${intOrString}` }]);
  assert.equal(field('RollingUpdateDeployment', 'maxSurge', 'v2').$ref, `#/definitions/${intOrString}`);
  assert.match(String(field('DeploymentStrategy', 'rollingUpdate', 'v3').description), /^Rolling update config/);
  assert.deepEqual(typeSchema('PodList', 'v3')['x-kubernetes-group-version-kind'], [{ group: '', kind: 'PodList', version: 'v1' }]);
});

test('what apply takes as one value says so', () => {
  const mapType = (schema: unknown): unknown => (schema as Json)['x-kubernetes-map-type'];
  const field = (type: string, name: string): unknown => (typeSchema(type, 'v3').properties as Json)[name];
  assert.equal(mapType(typeSchema('LabelSelector', 'v2')), 'atomic');
  assert.equal(mapType(typeSchema('PodSpec', 'v2')), undefined);
  assert.equal(mapType(field('PodSpec', 'nodeSelector')), 'atomic');
  assert.equal(mapType(field('PersistentVolumeSpec', 'claimRef')), 'granular');
});

test('words that a field may hold are told, and what it has by itself', () => {
  const field = (type: string, name: string): Json => ((typeSchema(type, 'v3').properties as Json)[name] ?? {}) as Json;
  assert.deepEqual(field('PodSpec', 'restartPolicy')['enum'], ['Always', 'Never', 'OnFailure']);
  const described = String(field('PodSpec', 'restartPolicy')['description']);
  assert.match(described, /^Restart policy .*\n\nPossible enum values:\n - `"Always"`\n - `"Never"`\n - `"OnFailure"`$/s);
  assert.deepEqual((field('NetworkPolicySpec', 'policyTypes')['items'] as Json)['enum'], ['Egress', 'Ingress']);
  assert.equal(field('ContainerPort', 'protocol')['default'], 'TCP');
  for (const name of [...enumValues.keys(), ...Object.keys(declaredDefaults)]) {
    const [type = '', of = ''] = name.split('.');
    assert.ok(schema[type]?.fields[of], name);
  }
});

test('every type is one of OpenAPI', () => {
  const known = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object']);
  for (const dialect of ['v2', 'v3'] satisfies Dialect[])
    for (const type of reachable(pathTypes(kinds))) {
      const text = JSON.stringify(typeSchema(type, dialect));
      for (const [, found] of text.matchAll(/"type":"(\w+)"/g)) assert.ok(known.has(found ?? ''), `${type}: ${found}`);
    }
});
