import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatus } from '@t8s/meta';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch, createMergePatch, createThreeWayMergePatch } from './merge-patch.ts';
import { createThreeWayPatch, createTwoWayMergePatch } from './strategic/diff.ts';
import { applyStrategicMergePatch } from './strategic/merge.ts';

type Json = Record<string, unknown>;

test('merge patch: the examples of RFC 7386', () => {
  const cases: [object: Json, patch: Json, result: Json][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [object, patch, result] of cases) assert.deepEqual(applyMergePatch(object, patch), result);
  applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
  assert.equal(({} as Json)['polluted'], undefined);
});

test('JSON patch applies all operations or none', () => {
  const object = { metadata: { labels: { 'a/b': '1' } }, list: [1, 2] };
  assert.deepEqual(
    applyJsonPatch(object, [
      { op: 'test', path: '/metadata/labels/a~1b', value: '1' },
      { op: 'replace', path: '/metadata/labels/a~1b', value: '2' },
      { op: 'add', path: '/list/1', value: 9 },
      { op: 'remove', path: '/list/0' },
      { op: 'move', from: '/list', path: '/moved' },
    ]),
    { metadata: { labels: { 'a/b': '2' } }, moved: [9, 2] },
  );
  for (const operation of [
    { op: 'test', path: '/list/0', value: 5 },
    { op: 'remove', path: '/absent' },
    { op: 'replace', path: '/absent', value: 1 },
    { op: 'add', path: '/absent/x', value: 1 },
    { op: 'nope', path: '/list' },
    { op: 'add', path: '/__proto__/x', value: 1 },
  ])
    assert.throws(
      () => applyJsonPatch(object, [{ op: 'add', path: '/list/-', value: 3 }, operation]),
      (e) => isStatus(e, 'Invalid') && e.code === 422,
    );
  assert.throws(
    () => applyJsonPatch(object, {}),
    (e) => isStatus(e, 'BadRequest'),
  );
  assert.deepEqual(object.list, [1, 2]);
});

const ports = (...list: Json[]): Json => ({ spec: { ports: list } });
const http = { name: 'http', port: 80, targetPort: 8080 };
const https = { name: 'https', port: 443 };

test('strategic merge: lists by their keys, as the kinds describe them', () => {
  const cases: [why: string, type: string, object: Json, patch: Json, result: Json][] = [
    [
      'an element merges by its key',
      'Service',
      ports(http, https),
      ports({ port: 443, nodePort: 30443 }),
      ports(http, { ...https, nodePort: 30443 }),
    ],
    ['a new one comes first', 'Service', ports(http), ports(https), ports(https, http)],
    ['$patch: delete', 'Service', ports(http, https), ports({ $patch: 'delete', port: 80 }), ports(https)],
    ['$patch: replace of a list', 'Service', ports(http, https), ports({ $patch: 'replace' }, { port: 1 }), ports({ port: 1 })],
    [
      '$patch: replace of an object',
      'Service',
      { spec: { type: 'NodePort', clusterIP: 'x' } },
      { spec: { $patch: 'replace', type: 'ClusterIP' } },
      { spec: { type: 'ClusterIP' } },
    ],
    [
      'null removes, absent nulls vanish',
      'Service',
      { spec: { type: 'x' } },
      { spec: { type: null, selector: { a: null, b: '1' } } },
      { spec: { selector: { b: '1' } } },
    ],
    [
      'maps merge',
      'Service',
      { spec: { selector: { a: '1' } } },
      { spec: { selector: { b: '2' } } },
      { spec: { selector: { a: '1', b: '2' } } },
    ],
    [
      'atomic lists are replaced',
      'Service',
      { spec: { externalIPs: ['1.1.1.1'] } },
      { spec: { externalIPs: ['2.2.2.2'] } },
      { spec: { externalIPs: ['2.2.2.2'] } },
    ],
    [
      'primitives merge without doubles',
      'Pod',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['c', 'a'] } },
      { metadata: { finalizers: ['c', 'a', 'b'] } },
    ],
    [
      '$deleteFromPrimitiveList',
      'Pod',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      '$setElementOrder',
      'Service',
      ports({ port: 1 }, { port: 2 }, { port: 3 }),
      { spec: { '$setElementOrder/ports': [{ port: 3 }, { port: 4 }, { port: 1 }], ports: [{ port: 4 }] } },
      ports({ port: 2 }, { port: 3 }, { port: 4 }, { port: 1 }),
    ],
    [
      'directives are no data',
      'Service',
      {},
      { spec: { ports: [{ $patch: 'delete', port: 1 }, http], '$setElementOrder/ports': [{ port: 80 }] } },
      ports(http),
    ],
    [
      'conditions by type',
      'Node',
      { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    ],
  ];
  for (const [why, type, object, patch, result] of cases) {
    const before = structuredClone({ object, patch });
    assert.deepEqual(applyStrategicMergePatch(object, patch, type), result, why);
    assert.deepEqual({ object, patch }, before, `${why}: arguments stay as they are`);
  }
  assert.throws(() => applyStrategicMergePatch(ports(http), ports({ name: 'x' }), 'Service'), {
    message: 'map: map[name:x] does not contain declared merge key: port',
  });
  assert.throws(() => applyStrategicMergePatch(ports(http), { spec: { $patch: 'nope' } }, 'Service'), {
    message: 'unknown patch type: nope',
  });
});

test('strategic merge of pod templates: nested keys, retained keys, as kubectl sends them', () => {
  const of = (pod: Json, strategy: Json): Json => ({ spec: { strategy, template: { spec: pod } } });
  const original = of(
    { containers: [{ name: 'a', image: 'x:1', env: [{ name: 'A', value: '1' }] }], volumes: [{ name: 'v', emptyDir: {} }] },
    { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
  );
  const modified = of(
    { containers: [{ name: 'a', image: 'x:2', env: [{ name: 'B', valueFrom: {} }] }], volumes: [{ name: 'v', configMap: { name: 'c' } }] },
    { type: 'Recreate' },
  );
  const patch = createThreeWayPatch({ original, modified, current: original, type: 'Deployment' });
  assert.deepEqual(patch['spec'], {
    strategy: { $retainKeys: ['type'], type: 'Recreate', rollingUpdate: null },
    template: {
      spec: {
        '$setElementOrder/containers': [{ name: 'a' }],
        containers: [
          {
            name: 'a',
            image: 'x:2',
            '$setElementOrder/env': [{ name: 'B' }],
            env: [
              { name: 'B', valueFrom: {} },
              { $patch: 'delete', name: 'A' },
            ],
          },
        ],
        '$setElementOrder/volumes': [{ name: 'v' }],
        volumes: [{ $retainKeys: ['configMap', 'name'], name: 'v', configMap: { name: 'c' }, emptyDir: null }],
      },
    },
  });
  assert.deepEqual(applyStrategicMergePatch(original, patch, 'Deployment'), modified);
});

test('strategic patches made of two versions lead from one to the other', () => {
  const from = { metadata: { finalizers: ['a', 'b'], labels: { x: '1', y: '2' } }, ...ports(http, https) };
  const to = { metadata: { finalizers: ['b', 'c'], labels: { x: '1' } }, ...ports({ port: 1 }, { ...https, nodePort: 30443 }) };
  const patch = createTwoWayMergePatch({ from, to, type: 'Service' });
  assert.deepEqual(patch, {
    metadata: {
      finalizers: ['c'],
      '$deleteFromPrimitiveList/finalizers': ['a'],
      '$setElementOrder/finalizers': ['b', 'c'],
      labels: { y: null },
    },
    spec: {
      ports: [{ port: 1 }, { port: 443, nodePort: 30443 }, { $patch: 'delete', port: 80 }],
      '$setElementOrder/ports': [{ port: 1 }, { port: 443 }],
    },
  });
  assert.deepEqual(applyStrategicMergePatch(from, patch, 'Service'), to);
});

test('three-way patches delete only what was applied before', () => {
  const original = { metadata: { labels: { mine: '1', gone: '1' } }, ...ports({ port: 80 }, { port: 81 }) };
  const modified = { metadata: { labels: { mine: '2' } }, ...ports({ port: 80, name: 'web' }) };
  const current = {
    metadata: { labels: { mine: '1', gone: '1', theirs: '1' } },
    ...ports({ port: 80, nodePort: 30080 }, { port: 81 }, { port: 9 }),
  };
  const patch = createThreeWayPatch({ original, modified, current, type: 'Service' });
  assert.deepEqual(applyStrategicMergePatch(current, patch, 'Service'), {
    metadata: { labels: { mine: '2', theirs: '1' } },
    ...ports({ port: 80, name: 'web', nodePort: 30080 }, { port: 9 }),
  });
  assert.deepEqual(createThreeWayPatch({ original: modified, modified, current: modified, type: 'Service' }), {});
  const plain = createThreeWayMergePatch({ original, modified, current });
  assert.deepEqual(plain, { metadata: { labels: { mine: '2', gone: null } }, spec: { ports: [{ port: 80, name: 'web' }] } });
  assert.deepEqual(createMergePatch({ a: 1, b: { c: 1 } }, { b: { c: 2 } }), { a: null, b: { c: 2 } });
});

test('a strategic merge replaces as a whole what its kind says', () => {
  const budget = { spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } };
  const patch = { spec: { selector: { matchLabels: { c: 'd' } } } };
  assert.deepEqual(applyStrategicMergePatch(budget, patch, 'PodDisruptionBudget'), { spec: { minAvailable: 1, ...patch.spec } });
  const to = { spec: { minAvailable: 1, selector: { matchLabels: { c: 'd', e: 'f' } } } };
  assert.deepEqual(createTwoWayMergePatch({ from: budget, to, type: 'PodDisruptionBudget' }), { spec: { selector: to.spec.selector } });
});
