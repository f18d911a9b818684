import type { HorizontalPodAutoscalerV2 } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { horizontalPodAutoscalerColumns } from './columns.ts';
import { dropAnnotations } from './convert-v1.ts';
import { defaultHorizontalPodAutoscaler } from './defaults.ts';
import {
  validateHorizontalPodAutoscalerCreate,
  validateHorizontalPodAutoscalerStatus,
  validateHorizontalPodAutoscalerUpdate,
} from './validate.ts';

export const horizontalPodAutoscalerKind = defineKind<HorizontalPodAutoscalerV2>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  schema: 'HorizontalPodAutoscalerV2',
  subresources: { status: { validate: validateHorizontalPodAutoscalerStatus } },
  columns: horizontalPodAutoscalerColumns,
  lists: {
    'HorizontalPodAutoscalerSpecV2.metrics': { listType: 'atomic' },
    'HorizontalPodAutoscalerStatusV2.currentMetrics': { listType: 'atomic' },
    'HorizontalPodAutoscalerStatusV2.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
    'HPAScalingRules.policies': { listType: 'atomic' },
  },
  strategy: {
    defaults: defaultHorizontalPodAutoscaler,
    prepareForCreate(hpa) {
      hpa.status = { desiredReplicas: 0 };
      dropAnnotations(hpa.metadata);
      dropDisabled(hpa);
    },
    prepareForUpdate(hpa, old) {
      keepFields(hpa, old, ['status']);
      dropAnnotations(hpa.metadata);
      dropDisabled(hpa, old);
    },
    validateCreate: validateHorizontalPodAutoscalerCreate,
    validateUpdate: validateHorizontalPodAutoscalerUpdate,
  },
});

/** `tolerance` is off by default in v1.34 (HPAConfigurableTolerance, KEP-4951). */
function dropDisabled({ spec }: HorizontalPodAutoscalerV2, old?: HorizontalPodAutoscalerV2): void {
  const { scaleUp, scaleDown } = old?.spec.behavior ?? {};
  if (scaleUp?.tolerance !== undefined || scaleDown?.tolerance !== undefined) return;
  delete spec.behavior?.scaleUp?.tolerance;
  delete spec.behavior?.scaleDown?.tolerance;
}
