import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.ts';
import { createdFields } from './created-fields.ts';
import { union } from './field-set.ts';
import { atomicAny, type MapMergeType, mergeField, mergeType, mergingAny, scalars } from './merge-type.ts';

type Json = Record<string, unknown>;
const skip = new Set(['name', 'namespace']);

/** What the walk for two versions says: the longer way to the same set, in the same order. */
function compared(type: MapMergeType, next: Json): string {
  const { added, modified } = compare({ type, old: { metadata: {} }, next, skip });
  return JSON.stringify(union(modified, added));
}

const metadata = { name: 'x', namespace: 'd', labels: { b: '1', a: '2' }, annotations: {}, ownerReferences: [{ uid: 'u', kind: 'K' }] };
const pod = {
  containers: [
    {
      name: 'web',
      image: 'i',
      env: [{ name: 'B', value: '1' }, { name: 'A' }, { name: 'B', value: 'again' }],
      ports: [{ containerPort: 8080 }, { containerPort: 53, protocol: 'UDP' }, { containerPort: 53 }],
      securityContext: {},
      resources: { limits: { memory: '1' } },
      args: ['b', 'a'],
      volumeMounts: [],
      livenessProbe: { exec: { command: [] } },
    },
    {},
  ],
  nodeSelector: {},
  securityContext: {},
  tolerations: [{ key: 'k' }],
  volumes: [{ name: 'v', emptyDir: {} }, { name: 'a"<é' }, { name: 'B' }],
  initContainers: [{ name: 'i', env: [{ name: 'B' }, { name: 'A' }, { name: 1 }] }],
};

const examples: [string, Json][] = [
  ['Pod', { metadata, spec: pod, status: { phase: 'Pending', conditions: [{ type: 'Ready', status: 'True' }] } }],
  ['Pod', { metadata: {}, spec: {} }],
  ['Deployment', { metadata, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata, spec: pod }, strategy: {} } }],
  ['Deployment', { metadata, spec: { template: {} }, unknown: { field: 1 } }],
  ['ConfigMap', { metadata, data: { z: '1', a: '2' }, binaryData: {}, immutable: true }],
  ['Service', { metadata, spec: { ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }, { port: 9 }], selector: { a: 'b' } } }],
  ['ServiceAccount', { metadata: { ...metadata, finalizers: ['b', 'a'] }, secrets: [{ name: 's' }], imagePullSecrets: [{}] }],
  ['EndpointSlice', { metadata, addressType: 'IPv4', endpoints: [{ addresses: ['1.2.3.4'] }], ports: [] }],
  ['EndpointSlice', { metadata, endpoints: [] }],
  ['ClusterRole', { metadata, rules: [{ verbs: ['get'] }], aggregationRule: {} }],
  ['Event', { metadata, involvedObject: { kind: 'Pod' }, source: {}, count: 1 }],
];

test('a create manages what a comparison with nothing finds, written in the order of sets', () => {
  for (const [name, object] of examples)
    assert.equal(JSON.stringify(createdFields(mergeType(name), object, skip)), compared(mergeType(name), object), name);
});

test('custom resources: open maps, merging and atomic values, names of prototypes', () => {
  const spec: MapMergeType = {
    kind: 'map',
    atomic: false,
    fields: new Map([
      ['size', mergeField('size', scalars.numeric)],
      ['constructor', mergeField('constructor', scalars.string)],
      ['blob', mergeField('blob', atomicAny)],
    ]),
    element: mergingAny,
    embedded: [],
  };
  const type: MapMergeType = { ...spec, fields: new Map([...mergeType('ConfigMap').fields, ['spec', mergeField('spec', spec)]]) };
  const object = { metadata, spec: { size: 1, blob: { a: 1 }, other: { deep: { er: [1] }, none: {} }, 'x/y': null }, top: 1, none: {} };
  assert.equal(JSON.stringify(createdFields(type, object, skip)), compared(type, object));
  const closed = { ...type, fields: new Map([['spec', mergeField('spec', { ...spec, element: undefined })]]) };
  assert.equal(JSON.stringify(createdFields(closed, { spec: { size: 2 } }, skip)), compared(closed, { spec: { size: 2 } }));
});
