import { ageColumn, nameColumn } from '../../columns.ts';
import type { HorizontalPodAutoscalerV2, MetricSpec, MetricStatus } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';

export const horizontalPodAutoscalerColumns: readonly Column<HorizontalPodAutoscalerV2>[] = [
  nameColumn,
  {
    name: 'Reference',
    type: 'string',
    description: 'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected.',
    cell: ({ spec: { scaleTargetRef: target } }) => `${target.kind}/${target.name}`,
  },
  {
    name: 'Targets',
    type: 'string',
    description: 'metrics contains the specifications for which to use to calculate the desired replica count.',
    cell: formatMetrics,
  },
  {
    name: 'MinPods',
    type: 'string',
    description: 'minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down.',
    cell: ({ spec }) => (spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas)),
  },
  {
    name: 'MaxPods',
    type: 'string',
    description: 'maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up.',
    cell: ({ spec }) => spec.maxReplicas,
  },
  {
    name: 'Replicas',
    type: 'string',
    description: 'currentReplicas is current number of replicas of pods managed by this autoscaler, as last seen by the autoscaler.',
    cell: ({ status }) => status?.currentReplicas ?? 0,
  },
  ageColumn,
];

/** Metrics shown; the others are counted. */
const shown = 2;

function formatMetrics({ spec: { metrics = [] }, status }: HorizontalPodAutoscalerV2): string {
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, i) => formatMetric(metric, status?.currentMetrics?.[i]));
  const more = texts.length > shown ? ` + ${texts.length - shown} more...` : '';
  return texts.slice(0, shown).join(', ') + more;
}

const unknown = '<unknown>';
const percent = (value: number): string => `${value}%`;

/** `current/target`: of the whole, or an average over the pods. */
function formatMetric(metric: MetricSpec, now: MetricStatus | undefined): string {
  const { external, object, pods, resource, containerResource } = metric;
  const outside = metric.type === 'External' ? external : metric.type === 'Object' ? object : undefined;
  if (outside) {
    const current = (metric.type === 'External' ? now?.external : now?.object)?.current;
    const { value, averageValue } = outside.target;
    return averageValue === undefined
      ? `${current?.value ?? unknown}/${value}`
      : `${current?.averageValue ?? unknown}/${averageValue} (avg)`;
  }
  if (metric.type === 'Pods') return `${now?.pods?.current.averageValue ?? unknown}/${pods?.target.averageValue}`;
  const use = metric.type === 'Resource' ? resource : metric.type === 'ContainerResource' ? containerResource : undefined;
  if (!use) return '<unknown type>';
  const current = (metric.type === 'Resource' ? now?.resource : now?.containerResource)?.current;
  const { averageValue, averageUtilization } = use.target;
  if (averageValue !== undefined) return `${use.name}: ${current?.averageValue ?? unknown}/${averageValue}`;
  const share = current?.averageUtilization;
  return `${use.name}: ${share === undefined ? unknown : percent(share)}/${averageUtilization === undefined ? '<auto>' : percent(averageUtilization)}`;
}
