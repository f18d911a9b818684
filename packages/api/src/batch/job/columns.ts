import { humanDuration, parseTime } from '@t8s/meta';
import { workloadColumns } from '../../apps/workload-columns.ts';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { Job } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';

export const jobColumns: readonly Column<Job>[] = [
  nameColumn,
  { name: 'Status', type: 'string', description: 'Status of the job.', cell: jobState },
  { name: 'Completions', type: 'string', description: 'The number of pods which reached phase Succeeded.', cell: completions },
  { name: 'Duration', type: 'string', description: 'Time required to complete the job.', cell: duration },
  ageColumn,
  ...workloadColumns,
];

function jobState({ metadata, status }: Job): string {
  const is = (type: string): boolean => status?.conditions?.find((condition) => condition.type === type)?.status === 'True';
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (is('Suspended')) return 'Suspended';
  return is('FailureTarget') ? 'FailureTarget' : 'Running';
}

function completions({ spec, status }: Job): string {
  const { succeeded = 0 } = status ?? {};
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const { parallelism = 0 } = spec;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration({ status }: Job, now: number): string {
  const start = parseTime(status?.startTime ?? '');
  return start === undefined ? '' : humanDuration((parseTime(status?.completionTime ?? '') ?? now) - start);
}
