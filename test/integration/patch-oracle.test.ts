/** Strategic merge as `kubectl patch --local` does it: upstream's own code, which needs no server. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { applyStrategicMergePatch } from '@t8s/codec';
import { isStatus } from '@t8s/meta';
import { Random } from '@t8s/testkit';
import { execute, realKubectl } from './real-kubectl.ts';

type Json = Record<string, unknown>;

const object = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', labels: { a: '1', b: '2' }, finalizers: ['e.com/a', 'e.com/b', 'e.com/c'] },
  spec: {
    selector: { matchLabels: { a: '1' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
    template: {
      metadata: { labels: { a: '1' } },
      spec: {
        containers: [
          {
            name: 'one',
            image: 'i:1',
            args: ['x', 'y'],
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
            ports: [{ containerPort: 80, protocol: 'TCP' }, { containerPort: 443 }],
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
          { name: 'two', image: 'i:2' },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
        imagePullSecrets: [{ name: 's' }],
        tolerations: [{ key: 'k', operator: 'Exists' }],
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
      },
    },
  },
};

/** Patches of the pod template's spec, then of all else. */
const ofPod: Json[] = [
  { containers: [{ name: 'one', image: 'i:3' }] },
  { containers: [{ name: 'three', image: 'i:3' }] },
  { containers: [{ name: 'one', $patch: 'delete' }] },
  { containers: [{ name: 'none', $patch: 'delete' }] },
  { containers: [{ $patch: 'replace' }, { name: 'new', image: 'n' }] },
  { containers: [{ name: 'one', $patch: 'replace', image: 'only' }] },
  { containers: null },
  { containers: [] },
  { containers: [{ image: 'nameless' }] },
  {
    containers: [
      {
        name: 'one',
        args: ['z'],
        env: [
          { name: 'A', value: null },
          { name: 'C', value: '3' },
        ],
      },
    ],
  },
  { containers: [{ name: 'one', env: [{ name: 'A', $patch: 'delete' }], args: null }] },
  { containers: [{ name: 'one', ports: [{ containerPort: 80, name: 'http' }, { containerPort: 90 }] }] },
  { containers: [{ name: 'one', volumeMounts: [{ mountPath: '/w', name: 'v' }] }] },
  { $setElementOrder: [], '$setElementOrder/containers': [{ name: 'two' }, { name: 'one' }] },
  { $deleteFromPrimitiveList: ['a'] },
  { '$setElementOrder/containers': [{ name: 'two' }, { name: 'one' }] },
  { '$setElementOrder/containers': [{ name: 'three' }, { name: 'two' }, { name: 'one' }], containers: [{ name: 'three', image: 'x' }] },
  { '$setElementOrder/containers': [{ name: 'two' }, { name: 'one' }], containers: [{ name: 'one', $patch: 'delete' }] },
  { '$setElementOrder/containers': [{ name: 'two' }], containers: [{ name: 'three', image: 'x' }] },
  { containers: [{ name: 'one', '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }] }] },
  { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
  { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
  { volumes: [{ name: 'v', $retainKeys: ['name'], configMap: { name: 'c' } }] },
  { imagePullSecrets: [{ name: 't' }] },
  { tolerations: [{ key: 'l' }] },
  { hostAliases: [{ ip: '10.0.0.1', hostnames: ['b'] }, { ip: '10.0.0.2' }] },
  { $patch: 'replace', containers: [{ name: 'alone', image: 'i' }] },
  { $patch: 'delete' },
  { $patch: 'merge', nodeName: 'n' },
  { $patch: 'odd' },
];
const ofAll: Json[] = [
  { metadata: { labels: { a: null, c: '3' } } },
  { metadata: { labels: { $patch: 'replace', c: '3' } } },
  { metadata: { finalizers: ['e.com/d'] } },
  { metadata: { finalizers: ['e.com/a'] } },
  { metadata: { '$deleteFromPrimitiveList/finalizers': ['e.com/b'] } },
  { metadata: { '$deleteFromPrimitiveList/finalizers': ['e.com/x'], finalizers: ['e.com/d'] } },
  { metadata: { '$setElementOrder/finalizers': ['e.com/c', 'e.com/a'], '$deleteFromPrimitiveList/finalizers': ['e.com/b'] } },
  { metadata: { '$setElementOrder/finalizers': ['e.com/d', 'e.com/a', 'e.com/b', 'e.com/c'], finalizers: ['e.com/d'] } },
  { metadata: null },
  { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
  { spec: { strategy: { type: 'Recreate' } } },
  { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate', rollingUpdate: null } } },
  { spec: { replicas: 3, selector: { matchLabels: { a: '2' } } } },
  { spec: { template: null } },
  { $patch: 'delete' },
];
const patches = [...ofPod.map((spec): Json => ({ spec: { template: { spec } } })), ...ofAll];

/** Two patches become one where they say nothing of the same field. */
function joined(a: unknown, b: unknown): unknown {
  const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(a) || !isMap(b)) return a;
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, name in a ? (name in b ? joined(a[name], b[name]) : a[name]) : b[name]]));
}

test('a strategic merge patch does what kubectl patch --local does', { timeout: 120_000 }, async () => {
  const { program } = await realKubectl();
  const dir = await mkdtemp(join(tmpdir(), 't8s-patch-'));
  const file = join(dir, 'object.json');
  await writeFile(file, JSON.stringify(object));
  const random = new Random(20_261_121);
  const combined = Array.from({ length: 30 }, () => joined(random.of(patches), random.of(patches)) as Json);
  const differences: unknown[] = [];
  for (const patch of [...patches, ...combined]) {
    const text = JSON.stringify(patch);
    const { out, err, failed } = await execute([program, 'patch', '--local', '-f', file, '--type=strategic', '-o', 'json', '-p', text]);
    const ours = attempt(patch);
    // An object that is no more has no kind to be printed by.
    const theirs: unknown = err.includes(`Object 'Kind' is missing in '{}'`) ? {} : failed ? undefined : JSON.parse(out);
    if (!isDeepStrictEqual(ours, theirs)) differences.push({ text, ours, theirs: theirs ?? err });
  }
  await rm(dir, { recursive: true });
  assert.deepEqual(differences, []);
});

/** Undefined where the patch is refused. */
function attempt(patch: Json): Json | undefined {
  try {
    return applyStrategicMergePatch(object, patch, 'Deployment') as Json;
  } catch (error) {
    if (isStatus(error, 'BadRequest', 'Invalid', 'InternalError') || (error as { code?: number }).code === 500) return undefined;
    throw error;
  }
}
