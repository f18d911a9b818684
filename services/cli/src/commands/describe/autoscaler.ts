import type { HorizontalPodAutoscalerV2, HPAScalingRules, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '@t8s/api';
import { type Describer, describeHead, describeOwnEvents } from './describer.ts';
import type { Description } from './description.ts';

export const describeAutoscaler: Describer<HorizontalPodAutoscalerV2> = async (subject) => {
  const { object, to } = subject;
  const { spec, status } = object;
  const { scaleTargetRef: target, metrics = [], behavior } = spec;
  describeHead(subject, { created: true });
  to.line(0, 'Reference:', `${target.kind}/${target.name}`);
  to.line(0, 'Metrics:', '( current / target )');
  for (const [i, metric] of metrics.entries()) to.line(1, ...metricCells(metric, status?.currentMetrics?.[i]));
  to.line(0, 'Min replicas:', spec.minReplicas ?? '<unset>');
  to.line(0, 'Max replicas:', spec.maxReplicas);
  if (behavior) {
    to.line(0, 'Behavior:');
    describeScaling(to, 'Scale Up', behavior.scaleUp);
    describeScaling(to, 'Scale Down', behavior.scaleDown);
  }
  to.line(0, `${target.kind} pods:`, `${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    to.line(0, 'Conditions:');
    to.line(1, 'Type', 'Status', 'Reason', 'Message');
    to.line(1, '----', '------', '------', '-------');
    for (const { type, status: is, reason, message } of conditions) to.line(1, type, is, reason, message);
  }
  await describeOwnEvents(subject);
};

/** What is measured, and `current / target`. */
function metricCells(metric: MetricSpec, status: MetricStatus | undefined): [what: string, numbers: string] {
  const { external, pods, object, resource, containerResource } = metric;
  const unknown = '<unknown>';
  if (external) {
    const { metric: of, target } = external;
    const current = status?.external?.current;
    return target.averageValue === undefined
      ? [`"${of.name}" (target value):`, `${current?.value ?? unknown} / ${target.value}`]
      : [`"${of.name}" (target average value):`, `${current?.averageValue ?? unknown} / ${target.averageValue}`];
  }
  if (pods) return [`"${pods.metric.name}" on pods:`, `${status?.pods?.current.averageValue ?? unknown} / ${pods.target.averageValue}`];
  if (object) {
    const { describedObject: on, target } = object;
    const current = status?.object?.current;
    const what = `"${object.metric.name}" on ${on.kind}/${on.name} `;
    return target.type === 'AverageValue'
      ? [`${what}(target average value):`, `${current?.averageValue ?? unknown} / ${target.averageValue}`]
      : [`${what}(target value):`, `${current?.value ?? unknown} / ${target.value}`];
  }
  if (containerResource) {
    const { name, container, target } = containerResource;
    return usageCells(`resource ${name} of container "${container}" on pods`, target, status?.containerResource?.current);
  }
  if (resource) return usageCells(`resource ${resource.name} on pods`, resource.target, status?.resource?.current);
  return [`<unknown metric type "${metric.type}">`, ''];
}

function usageCells(what: string, target: MetricTarget, current: MetricValueStatus | undefined): [string, string] {
  if (target.averageValue !== undefined) return [`${what}:`, `${current?.averageValue ?? '<unknown>'} / ${target.averageValue}`];
  const used = current?.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}% (${current.averageValue})`;
  const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  return [`${what}  (as a percentage of request):`, `${used} / ${wanted}`];
}

function describeScaling(to: Description, title: string, rules: HPAScalingRules | undefined): void {
  if (!rules) return;
  to.line(1, `${title}:`);
  if (rules.stabilizationWindowSeconds !== undefined) to.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`);
  if (!rules.policies?.length) return;
  to.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`);
  to.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of rules.policies)
    to.line(3, `- Type: ${type}`, `Value: ${value}`, `Period: ${periodSeconds} seconds`);
}
