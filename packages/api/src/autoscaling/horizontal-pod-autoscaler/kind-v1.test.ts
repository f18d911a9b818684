import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV2 } from '../../generated/types.ts';
import { fromV2, toV2 } from './convert-v1.ts';
import { horizontalPodAutoscalerV1Kind } from './kind-v1.ts';

const { strategy, subresources, columns = [] } = horizontalPodAutoscalerV1Kind;
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const rules = { stabilizationWindowSeconds: 5, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] };

const rich: HorizontalPodAutoscalerV2 = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'h', annotations: { a: 'b' } },
  spec: {
    scaleTargetRef,
    minReplicas: 1,
    maxReplicas: 5,
    metrics: [
      {
        type: 'Pods',
        pods: { metric: { name: 'm', selector: { matchLabels: { a: 'b' } } }, target: { type: 'AverageValue', averageValue: '5' } },
      },
      {
        type: 'Object',
        object: {
          describedObject: { kind: 'Service', name: 's' },
          metric: { name: 'm' },
          target: { type: 'AverageValue', averageValue: '7' },
        },
      },
      { type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value', value: '30' } } },
      { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 60 } },
      },
      cpu(50),
    ],
    behavior: { scaleUp: rules, scaleDown: { selectPolicy: 'Min', policies: rules.policies } },
  },
  status: {
    currentReplicas: 2,
    desiredReplicas: 3,
    lastScaleTime: '2025-01-01T00:00:00Z',
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 7, averageValue: '20m' } } }],
    conditions: [{ type: 'AbleToScale', status: 'True' }],
  },
};

test('what v1 has no field for stands in annotations, in the spelling of old, and comes back', () => {
  const v1 = fromV2(rich);
  assert.deepEqual(
    [v1.apiVersion, v1.spec],
    ['autoscaling/v1', { scaleTargetRef, minReplicas: 1, maxReplicas: 5, targetCPUUtilizationPercentage: 50 }],
  );
  assert.deepEqual(v1.status, {
    lastScaleTime: '2025-01-01T00:00:00Z',
    currentReplicas: 2,
    desiredReplicas: 3,
    currentCPUUtilizationPercentage: 7,
  });
  const saved = (name: string): unknown => JSON.parse(v1.metadata.annotations?.[`autoscaling.alpha.kubernetes.io/${name}`] ?? 'null');
  assert.deepEqual((saved('metrics') as unknown[]).slice(0, 3), [
    { type: 'Pods', pods: { metricName: 'm', targetAverageValue: '5', selector: { matchLabels: { a: 'b' } } } },
    { type: 'Object', object: { target: { kind: 'Service', name: 's' }, metricName: 'm', targetValue: '0', averageValue: '7' } },
    { type: 'External', external: { metricName: 'm', targetValue: '30' } },
  ]);
  assert.deepEqual((saved('behavior') as { ScaleUp: unknown }).ScaleUp, {
    StabilizationWindowSeconds: 5,
    SelectPolicy: 'Max',
    Policies: [{ Type: 'Pods', Value: 4, PeriodSeconds: 15 }],
    Tolerance: null,
  });
  assert.deepEqual(toV2(v1), rich);
});

const plain = (annotations: Record<string, string> = {}): HorizontalPodAutoscaler => ({
  metadata: { name: 'h', annotations },
  spec: { scaleTargetRef, maxReplicas: 5 },
});

test('an autoscaler of v1 without a metric goes by 80 % of the CPU', () => {
  assert.deepEqual(toV2(plain()).spec.metrics, [cpu(80)]);
  assert.equal(columns[2]?.cell(plain(), 0), 'cpu: <unknown>/80%');
});

test('annotations that say nothing sensible say nothing', () => {
  for (const text of ['', '{', '5', '[1]', '[{"type":5}]', '[{"type":"Pods","pods":[]}]', '{"ScaleUp":{"Policies":7}}']) {
    const names = ['metrics', 'behavior', 'current-metrics', 'conditions'];
    const hpa = {
      ...plain(Object.fromEntries(names.map((name) => [`autoscaling.alpha.kubernetes.io/${name}`, text]))),
      status: { currentReplicas: 0, desiredReplicas: 0 },
    };
    const { metadata, spec, status } = toV2(hpa);
    assert.deepEqual(
      [metadata.annotations, spec.metrics, spec.behavior, status],
      [undefined, [cpu(80)], undefined, { currentReplicas: 0, desiredReplicas: 0 }],
      text,
    );
  }
});

test('the rules are those of v2; a write of the spec or the status leaves the annotations of the other be', () => {
  const { metadata: _, ...bare } = fromV2(rich);
  const old = fromV2(rich);
  const changed: HorizontalPodAutoscaler = { ...structuredClone(bare), metadata: { name: 'h' } };
  strategy.prepareForUpdate?.(changed, old);
  assert.deepEqual([toV2(changed).status, toV2(changed).spec.metrics], [rich.status, [cpu(50)]]);

  const report: HorizontalPodAutoscaler = { ...structuredClone(bare), metadata: { name: 'h' } };
  subresources?.status?.prepare?.(report, old);
  assert.deepEqual([toV2(report).spec, toV2(report).status?.conditions], [rich.spec, undefined]);

  const wrong = { ...plain(), spec: { scaleTargetRef, maxReplicas: 5, targetCPUUtilizationPercentage: 0 } };
  assert.deepEqual(strategy.validateCreate?.(wrong).map(fieldErrorMessage), [
    'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
  ]);
});
