import { type FieldError, invalidValue, required, selectorFromMap } from '@t8s/meta';
import { validateEndless } from '../../apps/validate-template.ts';
import { nonNegative } from '../../field-checks.ts';
import type { PodTemplateSpec, ReplicationController } from '../../generated/types.ts';
import { validatePodTemplate } from '../pod/validate.ts';

export function validateReplicationController({ spec }: ReplicationController): FieldError[] {
  const { minReadySeconds, replicas, selector = {}, template } = spec;
  return [
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...(Object.keys(selector).length === 0 ? [required('spec.selector')] : []),
    ...(replicas === undefined ? [required('spec.replicas')] : nonNegative('spec.replicas', replicas)),
    ...(template === undefined ? [required('spec.template')] : validateTemplate(template, selector)),
  ];
}

function validateTemplate(template: PodTemplateSpec, selector: Record<string, string>): FieldError[] {
  const labels = template.metadata?.labels;
  return [
    ...(selectorFromMap(selector).matches(labels)
      ? []
      : [invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')]),
    ...validatePodTemplate(template, 'spec.template'),
    ...validateEndless(template, 'ReplicationController', 'spec.template'),
  ];
}
