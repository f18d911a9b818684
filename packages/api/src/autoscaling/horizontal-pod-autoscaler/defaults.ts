import type { HorizontalPodAutoscalerV2, HPAScalingRules, MetricSpec } from '../../generated/types.ts';

/** Percent of the CPU requested, where no metric is named. */
export const defaultUtilization = 80;
const periodSeconds = 15;
const scaleUp: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds },
    { type: 'Percent', value: 100, periodSeconds },
  ],
};
/** How long it waits before it scales down is the controller's to say (--horizontal-pod-autoscaler-downscale-stabilization). */
const scaleDown: HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds }] };

export function defaultHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscalerV2): void {
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0) spec.metrics = [cpuUtilization(defaultUtilization)];
  if (spec.behavior)
    spec.behavior = {
      scaleUp: { ...structuredClone(scaleUp), ...spec.behavior.scaleUp },
      scaleDown: { ...structuredClone(scaleDown), ...spec.behavior.scaleDown },
    };
}

export function cpuUtilization(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}
