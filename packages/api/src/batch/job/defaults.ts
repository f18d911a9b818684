import { defaultPodTemplate } from '../../core/pod/defaults.ts';
import type { Job, JobSpec } from '../../generated/types.ts';

const maxInt32 = 2 ** 31 - 1;

export function defaultJob(job: Job): void {
  const { spec } = job;
  if (spec.parallelism === undefined) spec.completions ??= 1;
  spec.parallelism ??= 1;
  // With a limit of its own for each index, the limit for all is out of the way (KEP-3850).
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : maxInt32;
  labelAsTemplate(job);
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  defaultJobTemplateSpec(spec);
}

/** A job without labels has those of its template, also those that come with its selector. */
export function labelAsTemplate({ metadata, spec }: Job): void {
  const labels = spec.template?.metadata?.labels;
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
}

/** All that is filled in where a spec is only the template of jobs to come. */
export function defaultJobTemplateSpec(spec: JobSpec): void {
  for (const { onPodConditions = [] } of spec.podFailurePolicy?.rules ?? [])
    for (const condition of onPodConditions) condition.status ||= 'True';
  spec.template ??= {};
  defaultPodTemplate(spec.template);
}
