/** What others may make of a job's status: it moves one way, and its parts agree (KEP-4368). Only what a write changes is looked at. */
import { duplicate, type FieldError, invalidValue, invalidWhole, parseTime, required } from '@t8s/meta';
import { nonNegative } from '../../field-checks.ts';
import type { Job, JobSpec, JobStatus } from '../../generated/types.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { countIndexes, IndexesError, sharedIndex } from './indexes.ts';

export function validateJobStatus({ spec, status = {} }: Job, { status: old = {} }: Job): FieldError[] {
  const write = { spec, status, old };
  return [
    ...(['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((field) =>
      nonNegative(`status.${field}`, status[field]),
    ),
    ...validateUncounted(status),
    ...validateConditions(write),
    ...validateFinished(write),
    ...validateIndexTexts(write),
    ...validateCounters(write),
    ...validateTransitions(write),
  ];
}

interface StatusWrite {
  spec: JobSpec;
  status: JobStatus;
  old: JobStatus;
}

const isTrue = ({ conditions = [] }: JobStatus, type: string): boolean => conditions.some((c) => c.type === type && c.status === 'True');
const isFinished = (status: JobStatus): boolean => isTrue(status, 'Complete') || isTrue(status, 'Failed');

/** Whether a write changes any of these fields, or whether one of these conditions is true. */
function changes(
  { status, old }: StatusWrite,
  ...what: (keyof JobStatus | 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet')[]
): boolean {
  return what.some((name) =>
    /^[A-Z]/.test(name)
      ? isTrue(status, name) !== isTrue(old, name)
      : !semanticEqual(status[name as keyof JobStatus], old[name as keyof JobStatus]),
  );
}

function validateUncounted({ uncountedTerminatedPods: pods }: JobStatus): FieldError[] {
  const seen = new Set<string>();
  return (['succeeded', 'failed'] as const).flatMap((list) =>
    (pods?.[list] ?? []).flatMap((uid, i) => {
      const at = `status.uncountedTerminatedPods.${list}[${i}]`;
      if (uid === '') return [invalidValue(at, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicate(at, uid)];
      seen.add(uid);
      return [];
    }),
  );
}

function validateConditions(write: StatusWrite): FieldError[] {
  const { spec, status } = write;
  const [complete, failed, failureTarget, success] = (['Complete', 'Failed', 'FailureTarget', 'SuccessCriteriaMet'] as const).map((type) =>
    isTrue(status, type),
  );
  const wrong: [boolean | undefined, string][] = [
    [changes(write, 'Complete', 'Failed') && complete && failed, 'cannot set Complete=True and Failed=true conditions'],
    [
      changes(write, 'Complete', 'FailureTarget') && complete && failureTarget,
      'cannot set Complete=True and FailureTarget=true conditions',
    ],
    [
      changes(write, 'Failed', 'failedIndexes') && failed && !failureTarget,
      'cannot set Failed=True condition without the FailureTarget=true condition',
    ],
    [
      changes(write, 'Complete', 'SuccessCriteriaMet') && complete && !success,
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
    [success && failed, 'cannot set SuccessCriteriaMet=True and Failed=true conditions'],
    [success && failureTarget, 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'],
    [
      spec.successPolicy !== undefined && !success && complete,
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
  ];
  return wrong.filter(([holds]) => holds).map(([, message]) => invalidWhole('status.conditions', message));
}

function validateFinished(write: StatusWrite): FieldError[] {
  const { status } = write;
  const { active = 0, terminating = 0, startTime, completionTime, uncountedTerminatedPods: uncounted } = status;
  const errors: FieldError[] = [];
  const complete = isTrue(status, 'Complete');
  const finished = isFinished(status);
  if (changes(write, 'Complete', 'completionTime')) {
    if (completionTime !== undefined && !complete)
      errors.push(
        invalidValue('status.completionTime', completionTime, 'cannot set completionTime when there is no Complete=True condition'),
      );
    if (completionTime === undefined && complete)
      errors.push(required('status.completionTime', 'completionTime is required for Complete jobs'));
  }
  if (
    changes(write, 'startTime', 'completionTime') &&
    (parseTime(completionTime ?? '') ?? Infinity) < (parseTime(startTime ?? '') ?? -Infinity)
  )
    errors.push(invalidValue('status.completionTime', completionTime, 'completionTime cannot be set before startTime'));
  if (!finished) return errors;
  const ends = !isFinished(write.old);
  if ((ends || changes(write, 'active')) && active > 0)
    errors.push(invalidValue('status.active', active, 'active>0 is invalid for finished job'));
  if ((ends || changes(write, 'startTime')) && startTime === undefined)
    errors.push(required('status.startTime', 'startTime is required for finished job'));
  if ((ends || changes(write, 'uncountedTerminatedPods')) && [...(uncounted?.failed ?? []), ...(uncounted?.succeeded ?? [])].length > 0)
    errors.push(invalidValue('status.uncountedTerminatedPods', uncounted, 'uncountedTerminatedPods needs to be empty for finished job'));
  if ((ends || changes(write, 'terminating')) && terminating > 0)
    errors.push(invalidValue('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
  return errors;
}

function validateIndexTexts(write: StatusWrite): FieldError[] {
  const { spec, status } = write;
  const { completions, backoffLimitPerIndex, completionMode } = spec;
  const { completedIndexes: completed = '', failedIndexes: failed } = status;
  const errors: FieldError[] = [];
  if (changes(write, 'completedIndexes') && completions !== undefined)
    errors.push(...checkIndexes('completedIndexes', completed, completions));
  if (changes(write, 'failedIndexes') && completions !== undefined && backoffLimitPerIndex !== undefined)
    errors.push(...checkIndexes('failedIndexes', failed ?? '', completions));
  if (changes(write, 'completedIndexes') && completed !== '' && completionMode !== 'Indexed')
    errors.push(
      invalidValue('status.completedIndexes', completed, 'cannot set non-empty completedIndexes when non-indexed completion mode'),
    );
  if (changes(write, 'failedIndexes') && failed !== undefined && backoffLimitPerIndex === undefined)
    errors.push(invalidValue('status.failedIndexes', failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  if (changes(write, 'completedIndexes', 'failedIndexes') && completions !== undefined) {
    const shared = sharedIndex(completed, failed ?? '', completions);
    if (shared !== undefined)
      errors.push(invalidValue('status.failedIndexes', failed, `failedIndexes and completedIndexes overlap at index: ${shared}`));
  }
  return errors;
}

function checkIndexes(field: string, text: string, completions: number): FieldError[] {
  try {
    countIndexes(text, completions);
    return [];
  } catch (error) {
    if (error instanceof IndexesError) return [invalidValue(`status.${field}`, text, `error parsing ${field}: ${error.message}`)];
    throw error;
  }
}

function validateCounters(write: StatusWrite): FieldError[] {
  const { spec, status, old } = write;
  const { active = 0, ready = 0, failed = 0, succeeded = 0 } = status;
  // Indexes that an indexed job loses by shrinking no longer count.
  const mayShrink = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  return [
    ...(changes(write, 'ready', 'active') && ready > active
      ? [invalidValue('status.ready', ready, 'cannot set more ready pods than active')]
      : []),
    ...(failed < (old.failed ?? 0) ? [invalidValue('status.failed', failed, 'cannot decrease the failed counter')] : []),
    ...(succeeded < (old.succeeded ?? 0) && !mayShrink
      ? [invalidValue('status.succeeded', succeeded, 'cannot decrease the succeeded counter')]
      : []),
  ];
}

function validateTransitions(write: StatusWrite): FieldError[] {
  const { spec, status, old } = write;
  const errors = (['Failed', 'Complete', 'FailureTarget'] as const)
    .filter((type) => isTrue(old, type) && !isTrue(status, type))
    .map((type) => invalidWhole('status.conditions', `cannot disable the terminal ${type}=True condition`));
  if (status.completionTime !== undefined && old.completionTime !== undefined && changes(write, 'completionTime'))
    errors.push(invalidValue('status.completionTime', status.completionTime, 'completionTime cannot be mutated'));
  const isResumed = isTrue(old, 'Suspended') && !isTrue(status, 'Suspended');
  if (old.startTime !== undefined && changes(write, 'startTime') && !spec.suspend && !isResumed)
    errors.push(required('status.startTime', 'startTime cannot be removed for unsuspended job'));
  if (isTrue(old, 'SuccessCriteriaMet') && !isTrue(status, 'SuccessCriteriaMet'))
    errors.push(invalidWhole('status.conditions', 'cannot disable the SuccessCriteriaMet=True condition'));
  if (isTrue(old, 'Complete') && !isTrue(old, 'SuccessCriteriaMet') && isTrue(status, 'SuccessCriteriaMet'))
    errors.push(invalidWhole('status.conditions', 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'));
  return errors;
}
