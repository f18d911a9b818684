/**
 * autoscaling/v1 knows the use of CPU only: all else stands in annotations, which hold it in v1's spelling, so that a client
 * of v1 can write back what it read. The store holds v2.
 */
import type { ObjectMeta } from '@t8s/meta';
import { conforms } from '../../conforms.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerConditionV2,
  HorizontalPodAutoscalerV2,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
} from '../../generated/types.ts';
import { cpuUtilization, defaultUtilization } from './defaults.ts';
import { fromOldMetric, toOldMetric } from './old-metrics.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const annotations = {
  metrics: `${prefix}metrics`,
  behavior: `${prefix}behavior`,
  currentMetrics: `${prefix}current-metrics`,
  conditions: `${prefix}conditions`,
};
/** By the half of the object that they belong to. */
export const specAnnotations = [annotations.metrics, annotations.behavior];
export const statusAnnotations = [annotations.currentMetrics, annotations.conditions];

type Behavior = NonNullable<HorizontalPodAutoscalerV2['spec']['behavior']>;

/** Drops the annotations of this file: no v2 object has them. */
export function dropAnnotations(metadata: ObjectMeta, names: readonly string[] = Object.values(annotations)): void {
  if (!metadata.annotations) return;
  for (const name of names) delete metadata.annotations[name];
  if (Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
}

export function fromV2(hpa: HorizontalPodAutoscalerV2): HorizontalPodAutoscaler {
  const { kind, metadata, spec, status } = hpa;
  const cpu = (spec.metrics ?? []).find(isCpuMetric)?.resource?.target.averageUtilization;
  const currentCpu = status?.currentMetrics?.find(isCpuMetric)?.resource?.current.averageUtilization;
  const others = (spec.metrics ?? []).filter((metric) => !isCpuMetric(metric) || metric.resource?.target.averageUtilization === undefined);
  const written = {
    ...(others.length > 0 && { [annotations.metrics]: JSON.stringify(others.map((metric) => toOldMetric(metric, 'target'))) }),
    ...(spec.behavior && { [annotations.behavior]: JSON.stringify(spelledInGo(spec.behavior)) }),
    ...(status?.currentMetrics?.length && {
      [annotations.currentMetrics]: JSON.stringify(status.currentMetrics.map((metric) => toOldMetric(metric, 'current'))),
    }),
    ...(status?.conditions?.length && { [annotations.conditions]: JSON.stringify(status.conditions) }),
  };
  return {
    ...(kind && { kind, apiVersion: 'autoscaling/v1' }),
    metadata: Object.keys(written).length === 0 ? metadata : { ...metadata, annotations: { ...metadata.annotations, ...written } },
    spec: {
      scaleTargetRef: spec.scaleTargetRef,
      ...(spec.minReplicas !== undefined && { minReplicas: spec.minReplicas }),
      maxReplicas: spec.maxReplicas,
      ...(cpu !== undefined && { targetCPUUtilizationPercentage: cpu }),
    },
    ...(status && {
      status: {
        ...shared(status),
        currentReplicas: status.currentReplicas ?? 0,
        desiredReplicas: status.desiredReplicas ?? 0,
        ...(currentCpu !== undefined && { currentCPUUtilizationPercentage: currentCpu }),
      },
    }),
  };
}

/** What the annotations say where it is well-formed; without any metric the default one. */
export function toV2(hpa: HorizontalPodAutoscaler): HorizontalPodAutoscalerV2 {
  const { kind, spec, status } = hpa;
  const metadata = structuredClone(hpa.metadata);
  const saved = (name: string): unknown => parsed(metadata.annotations?.[name]);
  const cpu = spec.targetCPUUtilizationPercentage;
  const metrics = [
    ...listOf<MetricSpec>('MetricSpec', oldMetrics(saved(annotations.metrics), 'target')),
    ...(cpu === undefined ? [] : [cpuUtilization(cpu)]),
  ];
  const behavior = spelledInJson(saved(annotations.behavior));
  const currentMetrics = listOf<MetricStatus>('MetricStatus', oldMetrics(saved(annotations.currentMetrics), 'current'));
  const currentCpu = status?.currentCPUUtilizationPercentage;
  if (currentMetrics.length === 0 && currentCpu !== undefined)
    currentMetrics.push({ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: currentCpu } } });
  const conditions = listOf<HorizontalPodAutoscalerConditionV2>('HorizontalPodAutoscalerConditionV2', saved(annotations.conditions));
  dropAnnotations(metadata);
  return {
    ...(kind && { kind, apiVersion: 'autoscaling/v2' }),
    metadata,
    spec: {
      scaleTargetRef: spec.scaleTargetRef,
      ...(spec.minReplicas !== undefined && { minReplicas: spec.minReplicas }),
      maxReplicas: spec.maxReplicas,
      metrics: metrics.length === 0 ? [cpuUtilization(defaultUtilization)] : metrics,
      ...(conforms(behavior, 'HorizontalPodAutoscalerBehaviorV2') && { behavior: behavior as Behavior }),
    },
    ...(status && {
      status: {
        ...shared(status),
        currentReplicas: status.currentReplicas ?? 0,
        desiredReplicas: status.desiredReplicas ?? 0,
        ...(currentMetrics.length > 0 && { currentMetrics }),
        ...(conditions.length > 0 && { conditions }),
      },
    }),
  };
}

type SharedStatus = Pick<NonNullable<HorizontalPodAutoscalerV2['status']>, 'observedGeneration' | 'lastScaleTime'>;

const shared = ({ observedGeneration, lastScaleTime }: SharedStatus): SharedStatus => ({
  ...(observedGeneration !== undefined && { observedGeneration }),
  ...(lastScaleTime !== undefined && { lastScaleTime }),
});

const isCpuMetric = ({ type, resource }: MetricSpec | MetricStatus): boolean => type === 'Resource' && resource?.name === 'cpu';

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const oldMetrics = (value: unknown, as: 'target' | 'current'): unknown =>
  Array.isArray(value) ? value.map((metric: unknown) => fromOldMetric(metric, as)) : undefined;

function listOf<T>(type: string, value: unknown): T[] {
  return Array.isArray(value) && value.every((item) => conforms(item, type)) ? value : [];
}

/** The annotation of the behaviour is spelled as Go's fields are: `{"ScaleUp":{"Policies":…`. */
function spelledInGo({ scaleUp, scaleDown }: Behavior): object {
  const rules = (of: HPAScalingRules | undefined): object | null =>
    of
      ? {
          StabilizationWindowSeconds: of.stabilizationWindowSeconds ?? null,
          SelectPolicy: of.selectPolicy ?? null,
          Policies: (of.policies ?? []).map(({ type, value, periodSeconds }) => ({
            Type: type,
            Value: value,
            PeriodSeconds: periodSeconds,
          })),
          Tolerance: of.tolerance ?? null,
        }
      : null;
  return { ScaleUp: rules(scaleUp), ScaleDown: rules(scaleDown) };
}

function spelledInJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelledInJson);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([name, inner]) => [name.charAt(0).toLowerCase() + name.slice(1), spelledInJson(inner)]));
}
