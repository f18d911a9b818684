import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { HorizontalPodAutoscalerSpecV2, HorizontalPodAutoscalerV2, MetricSpec } from '../../generated/types.ts';
import { horizontalPodAutoscalerKind } from './kind.ts';

const { strategy, subresources, columns = [] } = horizontalPodAutoscalerKind;
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };

function created(spec: Partial<HorizontalPodAutoscalerSpecV2> = {}): HorizontalPodAutoscalerV2 {
  const hpa: HorizontalPodAutoscalerV2 = {
    metadata: { name: 'h' },
    spec: structuredClone({ scaleTargetRef: target, maxReplicas: 5, ...spec }),
  };
  strategy.defaults?.(hpa);
  strategy.prepareForCreate?.(hpa);
  return hpa;
}

const errorsOf = (spec: Partial<HorizontalPodAutoscalerSpecV2>): string[] =>
  strategy.validateCreate?.(created(spec)).map(fieldErrorMessage) ?? [];

test('defaults', () => {
  const { spec } = created();
  assert.deepEqual(
    [spec.minReplicas, spec.metrics, spec.behavior],
    [1, [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }], undefined],
  );
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
  assert.deepEqual(created({ behavior: { scaleDown: { selectPolicy: 'Min', tolerance: '100m' } } }).spec.behavior, {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent],
    },
    scaleDown: { selectPolicy: 'Min', policies: [percent] },
  });
});

const metrics = (...list: MetricSpec[]): Partial<HorizontalPodAutoscalerSpecV2> => ({ metrics: list });
const queue = { name: 'queue' };
const describedObject = { kind: 'Service', name: 's' };
const cases: [spec: Partial<HorizontalPodAutoscalerSpecV2>, ...errors: string[]][] = [
  [{}],
  [
    { minReplicas: 0, maxReplicas: 0 },
    'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
    'spec.maxReplicas: Invalid value: 0: must be greater than 0',
    'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
  ],
  [{ minReplicas: 6 }, 'spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`'],
  [
    { scaleTargetRef: { kind: '', name: 'a/b' } },
    'spec.scaleTargetRef.kind: Required value',
    'spec.scaleTargetRef.name: Invalid value: "a/b": may not contain \'/\'',
    'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
  ],
  [{ scaleTargetRef: { kind: 'ReplicationController', apiVersion: 'v1', name: 'rc' } }],
  [
    metrics({ type: 'X' }, { type: 'Pods' }),
    'spec.metrics[0].type: Unsupported value: "X": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
    'spec.metrics[1].pods: Required value: must populate information for the given metric source',
  ],
  [
    metrics({
      type: 'Pods',
      pods: { metric: queue, target: { type: 'AverageValue', averageValue: '0' } },
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 1 } },
    }),
    'spec.metrics[0].pods.target.averageValue: Invalid value: "0": must be positive',
    'spec.metrics[0].resource: Forbidden: must populate the given metric source only',
  ],
  [
    metrics({
      type: 'Object',
      object: { describedObject: { ...describedObject, apiVersion: 'a/b/c' }, metric: { name: '' }, target: { type: '' } },
    }),
    'spec.metrics[0].object.describedObject.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
    'spec.metrics[0].object.metric.name: Required value: must specify a metric name',
    'spec.metrics[0].object.target.type: Required value: must specify a metric target type',
    'spec.metrics[0].object.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
    'spec.metrics[0].object.target.averageValue: Required value: must set either a target value or averageValue',
  ],
  [
    metrics({ type: 'External', external: { metric: queue, target: { type: 'Value', value: '1', averageValue: '2' } } }),
    'spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
  ],
  [
    metrics({ type: 'ContainerResource', containerResource: { name: 'x', container: '', target: { type: 'Utilization' } } }),
    'spec.metrics[0].containerResource.name: Invalid value: "x": must be a standard resource type or fully qualified',
    'spec.metrics[0].containerResource.name: Invalid value: "x": must be a standard resource for containers',
    'spec.metrics[0].containerResource.container: Required value: must specify a container',
    'spec.metrics[0].containerResource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
  ],
  [
    {
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 3601, selectPolicy: 'X', policies: [{ type: 'X', value: 0, periodSeconds: 1801 }] },
      },
    },
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    'spec.behavior.scaleUp.selectPolicy: Unsupported value: "X": supported values: "Disabled", "Max", "Min"',
    'spec.behavior.scaleUp.policies[0].type: Unsupported value: "X": supported values: "Percent", "Pods"',
    'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
    'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
  ],
  [{ behavior: { scaleDown: { policies: [] } } }, 'spec.behavior.scaleDown.policies: Required value: must specify at least one Policy'],
];

test('rules', () => {
  for (const [spec, ...errors] of cases) assert.deepEqual(errorsOf(spec), errors, JSON.stringify(spec));
});

test('an update need not mend a reference that is stored', () => {
  const old = created({ scaleTargetRef: { kind: 'Deployment', name: 'd' } });
  assert.deepEqual(strategy.validateUpdate?.({ ...old, spec: { ...old.spec, maxReplicas: 9 } }, old), []);
  const other = { ...old, spec: { ...old.spec, scaleTargetRef: { kind: 'ReplicaSet', name: 'r' } } };
  assert.deepEqual(
    strategy.validateUpdate?.(other, old).map((e) => e.field),
    ['spec.scaleTargetRef.apiVersion'],
  );
});

test('status and rows', () => {
  const hpa = created();
  hpa.status = { desiredReplicas: -1 };
  assert.deepEqual(
    subresources?.status?.validate?.(hpa, hpa).map((e) => e.field),
    ['status.desiredReplicas'],
  );
  const row = (object: HorizontalPodAutoscalerV2) => columns.map((column) => column.cell(object, 0));
  assert.deepEqual(row(hpa), ['h', 'Deployment/d', 'cpu: <unknown>/80%', '1', 5, 0, '<unknown>']);
  const busy = created(
    metrics(
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      { type: 'External', external: { metric: queue, target: { type: 'AverageValue', averageValue: '30' } } },
      { type: 'Object', object: { describedObject, metric: queue, target: { type: 'Value', value: '5' } } },
    ),
  );
  busy.status = {
    desiredReplicas: 2,
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 7 } } }],
  };
  assert.equal(row(busy)[2], 'cpu: 7%/50%, <unknown>/30 (avg) + 1 more...');
});
