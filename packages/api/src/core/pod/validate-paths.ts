/** Paths inside volumes. */
import { type FieldError, invalidValue } from '@t8s/meta';
import { all } from '../../field-checks.ts';

export function withoutBacksteps(path: string, value: string): FieldError[] {
  return value.includes('..') && value.split('/').includes('..') ? [invalidValue(path, value, "must not contain '..'")] : [];
}

/** A path that stays below where it starts. */
export function descendingPath(path: string, value: string): FieldError[] {
  return all(value.startsWith('/') && [invalidValue(path, value, 'must be a relative path')], withoutBacksteps(path, value));
}

/** A descending path that can't clash with the `..data` links of atomic volumes. */
export function fileInVolume(path: string, value: string): FieldError[] {
  const reserved = value.startsWith('..') && value !== '..' && !value.startsWith('../');
  return all(descendingPath(path, value), reserved && [invalidValue(path, value, "must not start with '..'")]);
}

export function fileMode(path: string, mode: number | undefined): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalidValue(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
