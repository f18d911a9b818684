import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV2 } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { horizontalPodAutoscalerColumns } from './columns.ts';
import { dropAnnotations, fromV2, specAnnotations, statusAnnotations, toV2 } from './convert-v1.ts';
import {
  validateHorizontalPodAutoscalerCreate,
  validateHorizontalPodAutoscalerStatus,
  validateHorizontalPodAutoscalerUpdate,
} from './validate.ts';

/** autoscaling/v1: the same stored objects as v2, and the same rules. */
export const horizontalPodAutoscalerV1Kind = defineKind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  schema: 'HorizontalPodAutoscaler',
  alias: {
    of: { group: 'autoscaling', resource: 'horizontalpodautoscalers' },
    toStorage: toV2,
    fromStorage: (object) => fromV2(object as HorizontalPodAutoscalerV2),
  },
  subresources: {
    status: {
      prepare: (hpa, old) => keepAnnotations(hpa, { old, names: specAnnotations }),
      validate: (hpa) => validateHorizontalPodAutoscalerStatus(toV2(hpa)),
    },
  },
  columns: horizontalPodAutoscalerColumns.map((column) => ({
    ...column,
    cell: (hpa: HorizontalPodAutoscaler, now: number) => column.cell(toV2(hpa), now),
  })),
  strategy: {
    defaults({ spec }) {
      spec.minReplicas ??= 1;
    },
    prepareForCreate(hpa) {
      hpa.status = { currentReplicas: 0, desiredReplicas: 0 };
      dropAnnotations(hpa.metadata, statusAnnotations);
    },
    prepareForUpdate(hpa, old) {
      keepFields(hpa, old, ['status']);
      keepAnnotations(hpa, { old, names: statusAnnotations });
    },
    validateCreate: (hpa) => validateHorizontalPodAutoscalerCreate(toV2(hpa)),
    validateUpdate: (hpa, old) => validateHorizontalPodAutoscalerUpdate(toV2(hpa), toV2(old)),
  },
});

/** Half of the object is in annotations: a write of the other half leaves them as they were. */
function keepAnnotations(
  { metadata }: HorizontalPodAutoscaler,
  { old, names }: { old: HorizontalPodAutoscaler; names: readonly string[] },
): void {
  dropAnnotations(metadata, names);
  for (const name of names) {
    const value = old.metadata.annotations?.[name];
    if (value !== undefined) metadata.annotations = { ...metadata.annotations, [name]: value };
  }
}
