import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { Deployment, DeploymentSpec } from '../../generated/types.ts';
import { deploymentKind } from './kind.ts';

const { strategy, subresources, columns = [] } = deploymentKind;

function created(spec: Partial<DeploymentSpec> = {}): Deployment {
  const deployment: Deployment = {
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
      ...spec,
    },
  };
  strategy.defaults?.(deployment);
  strategy.prepareForCreate?.(deployment);
  return deployment;
}

const errorsOf = (spec: Partial<DeploymentSpec>): string[] => strategy.validate?.(created(spec)).map(fieldErrorMessage) ?? [];

test('defaults', () => {
  const { spec } = created();
  assert.deepEqual(
    [spec.replicas, spec.strategy, spec.revisionHistoryLimit, spec.progressDeadlineSeconds],
    [1, { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }, 10, 600],
  );
  assert.equal(spec.template.spec?.enableServiceLinks, undefined, 'defaults of pods alone stay out of templates');
});

const cases: [spec: Partial<DeploymentSpec>, ...errors: string[]][] = [
  [{}],
  [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  [{ selector: {} }, 'spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
  [
    { selector: undefined },
    'spec.selector: Required value',
    'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
  ],
  [
    { selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } },
    'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Is"}]}: invalid label selector',
  ],
  [
    { selector: { matchLabels: { app: 'b' } } },
    'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
  ],
  [
    { strategy: { type: 'Recreate', rollingUpdate: {} } },
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  ],
  [{ strategy: { type: 'X' } }, 'spec.strategy.type: Unsupported value: "X": supported values: "Recreate", "RollingUpdate"'],
  [
    { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
  ],
  [
    { strategy: { rollingUpdate: { maxSurge: 'x', maxUnavailable: '101%' } } },
    `spec.strategy.rollingUpdate.maxSurge: Invalid value: "x": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
  ],
  [
    { progressDeadlineSeconds: 10, minReadySeconds: 10 },
    'spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds',
  ],
  [
    { template: { metadata: { labels: { app: 'a' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
];

test('rules', () => {
  for (const [spec, ...errors] of cases) assert.deepEqual(errorsOf(spec), errors, JSON.stringify(spec));
});

test('updates: the selector stays, spec and annotations count', () => {
  const old = created();
  const update = (change: (d: Deployment) => void): [number | undefined, string[]] => {
    const deployment = structuredClone(old);
    change(deployment);
    strategy.prepareForUpdate?.(deployment, old);
    return [deployment.metadata.generation, strategy.validateUpdate?.(deployment, old).map(fieldErrorMessage) ?? []];
  };
  assert.deepEqual(
    update((d) => Object.assign(d, { status: { replicas: 9 } })),
    [1, []],
  );
  assert.deepEqual(
    update((d) => Object.assign(d.metadata, { annotations: { a: 'b' } })),
    [2, []],
  );
  assert.deepEqual(
    update((d) => Object.assign(d.spec, { selector: { matchLabels: { app: 'b' } } })),
    [2, ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable']],
  );
});

test('status and scale', () => {
  const old = created();
  old.status = { collisionCount: 2 };
  const deployment = { ...old, status: { replicas: 1, updatedReplicas: 2, collisionCount: 1 } };
  assert.deepEqual(subresources?.status?.validate?.(deployment, old).map(fieldErrorMessage), [
    'status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.collisionCount: Invalid value: 1: cannot be decremented',
  ]);
  const { scale } = subresources ?? {};
  scale?.setReplicas(old, 4);
  assert.deepEqual([scale?.replicas(old), scale?.statusReplicas(deployment), scale?.selector(old)], [4, 1, 'app=a']);
});

test('the row', () => {
  const deployment = created({ replicas: 3 });
  deployment.status = { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2 };
  deployment.metadata.creationTimestamp = '2025-01-01T00:00:00Z';
  assert.deepEqual(
    columns.map((column) => column.cell(deployment, Date.parse('2025-01-01T00:01:00Z'))),
    ['d', '2/3', 3, 2, '60s', 'c', 'i:1', 'app=a'],
  );
});
