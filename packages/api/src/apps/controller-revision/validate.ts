import { type FieldError, required } from '@t8s/meta';
import { nonNegative } from '../../field-checks.ts';
import type { ControllerRevision } from '../../generated/types.ts';
import { immutable } from '../validate-template.ts';

export function validateControllerRevision({ data, revision }: ControllerRevision): FieldError[] {
  return [...(data === undefined || data === null ? [required('data', 'data is mandatory')] : []), ...nonNegative('revision', revision)];
}

/** A revision is a snapshot: only its number moves. */
export function validateControllerRevisionUpdate({ data }: ControllerRevision, old: ControllerRevision): FieldError[] {
  return immutable('data', data, old.data);
}
