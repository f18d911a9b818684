import { isDns1123Label, type ObjectMeta } from '@t8s/meta';
import { podTemplateWarnings } from '../../core/pod/warnings.ts';
import type { Job, JobSpec } from '../../generated/types.ts';

export function jobWarnings({ metadata, spec }: Job, old?: Job): string[] {
  if (old) return metadata.generation === old.metadata.generation ? [] : jobSpecWarnings(spec, 'spec');
  return [...nameWarnings(metadata), ...jobSpecWarnings(spec, 'spec')];
}

export function nameWarnings({ name = '' }: ObjectMeta): string[] {
  const errors = isDns1123Label(name);
  if (errors.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${errors.join(' ')}]`,
  ];
}

export function jobSpecWarnings({ completionMode, completions = 0, parallelism = 0, template = {} }: JobSpec, path: string): string[] {
  return [
    ...(completionMode === 'Indexed' && completions > 100_000 && parallelism > 10_000
      ? [
          `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
        ]
      : []),
    ...podTemplateWarnings(template.metadata ?? {}, template.spec ?? { containers: [] }, `${path}.template`),
  ];
}
