import { type FieldError, invalidValue } from '@t8s/meta';
import { immutable } from '../../apps/validate-template.ts';
import type { Job, JobSpec, PodTemplateSpec } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import { controllerUidLabel, jobNameLabel } from './strategy.ts';
import { validateJob } from './validate.ts';

const immutableFields = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const;

export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const { spec } = job;
  const before = old.spec;
  const labels = before.template.metadata?.labels ?? {};
  const prefixedLabels = labels[jobNameLabel] !== undefined && labels[controllerUidLabel] !== undefined;
  // As long as no pod was ever made, where its pods may run is still open (KEP-2926).
  const placementIsOpen = before.suspend === true && old.status?.startTime === undefined;
  return [
    ...validateJob(job, { prefixedLabels }),
    ...validateCompletions(spec, before),
    ...immutable('spec.selector', spec.selector, before.selector),
    ...immutable('spec.template', spec.template, placementIsOpen ? withPlacementOf(spec.template, before.template) : before.template),
    ...immutableFields.flatMap((field) => immutable(`spec.${field}`, spec[field], before[field])),
  ];
}

/** An indexed job may grow and shrink, all its indexes at a time (KEP-3715). */
function validateCompletions({ completionMode, completions, parallelism }: JobSpec, before: JobSpec): FieldError[] {
  const path = 'spec.completions';
  if (completionMode !== 'Indexed') return immutable(path, completions, before.completions);
  if (completions === before.completions || completions === undefined || completions === parallelism) return [];
  return [invalidValue(path, completions, 'can only be modified in tandem with spec.parallelism')];
}

/** `old` as it would be with the labels, annotations and directives to the scheduler of `template`. */
function withPlacementOf(template: PodTemplateSpec, old: PodTemplateSpec): PodTemplateSpec {
  const result = structuredClone(old);
  result.metadata ??= {};
  keepFields(result.metadata, template.metadata, ['labels', 'annotations']);
  if (!result.spec || !template.spec) return result;
  keepFields(result.spec, template.spec, ['nodeSelector', 'tolerations', 'schedulingGates']);
  result.spec.affinity ??= {};
  keepFields(result.spec.affinity, template.spec.affinity, ['nodeAffinity']);
  return result;
}
