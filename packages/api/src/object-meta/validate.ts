/** Rules for the metadata of every object (apimachinery's validation, v1.34). */
import { type FieldError, isLabelValue, isQualifiedName, tooLong } from '@t8s/meta';
import { invalidBy, labelName } from '../field-checks.ts';

const annotationsLimit = 256 * 1024;

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [...labelName(path, key), ...invalidBy(path, value, isLabelValue(value))]);
}

/** Keys may be in any case; all together must fit 256 KiB. */
export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const entries = Object.entries(annotations ?? {});
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...entries.flatMap(([key]) => invalidBy(path, key, isQualifiedName(key.toLowerCase()))),
    ...(size > annotationsLimit ? [tooLong(path, annotationsLimit)] : []),
  ];
}
