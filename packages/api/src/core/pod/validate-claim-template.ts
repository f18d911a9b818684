/** The claim that a generic ephemeral volume makes (PersistentVolumeClaimTemplate). */
import { type FieldError, forbiddenField } from '@t8s/meta';
import { isUnset } from '../../field-checks.ts';
import type { PersistentVolumeClaimTemplate } from '../../generated/types.ts';
import { validateAnnotations, validateLabels } from '../../object-meta/validate.ts';
import { validateClaimSpec } from '../persistent-volume-claim/validate-spec.ts';

export function validateClaimTemplate({ metadata = {}, spec }: PersistentVolumeClaimTemplate, path: string): FieldError[] {
  return [
    ...validateAnnotations(metadata.annotations, `${path}.metadata.annotations`),
    ...validateLabels(metadata.labels, `${path}.metadata.labels`),
    ...Object.entries(metadata)
      .filter(([field, value]) => field !== 'annotations' && field !== 'labels' && !isUnset(value))
      .map(([field]) => forbiddenField(`${path}.metadata.${field}`, 'cannot be set')),
    ...validateClaimSpec(spec, `${path}.spec`),
  ];
}
