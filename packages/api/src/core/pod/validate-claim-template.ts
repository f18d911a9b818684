/** The claim that a generic ephemeral volume makes (PersistentVolumeClaimTemplate). */
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Subdomain,
  isQualifiedName,
  notSupported,
  parseQuantity,
  required,
} from '@t8s/meta';
import { invalidBy, isUnset, optionalOneOf } from '../../field-checks.ts';
import type { PersistentVolumeClaimTemplate, TypedLocalObjectReference, TypedObjectReference } from '../../generated/types.ts';
import { validateLabelSelector } from '../../label-selector.ts';
import { validateAnnotations, validateLabels } from '../../object-meta/validate.ts';

const accessModes = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];

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

/** core's ValidatePersistentVolumeClaimSpec: of claims yet to be made. */
export function validateClaimSpec(spec: PersistentVolumeClaimTemplate['spec'], path: string): FieldError[] {
  const { accessModes: modes = [], selector, resources, storageClassName, volumeMode, dataSource, dataSourceRef } = spec;
  const errors: FieldError[] = [];
  if (modes.length === 0) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  errors.push(...validateLabelSelector(selector, `${path}.selector`));
  for (const mode of modes) if (!accessModes.includes(mode)) errors.push(notSupported(`${path}.accessModes`, mode, accessModes));
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode)))
    errors.push(forbiddenField(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes'));
  const storage = resources?.requests?.['storage'];
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`));
  else if (parseQuantity(storage).nano <= 0n) errors.push(invalidValue(`${path}.resources[storage]`, storage, 'must be greater than zero'));
  if (storageClassName) errors.push(...invalidBy(`${path}.storageClassName`, storageClassName, isDns1123Subdomain(storageClassName)));
  errors.push(...optionalOneOf(`${path}.volumeMode`, volumeMode, ['Block', 'Filesystem']));
  if (dataSource) errors.push(...validateDataSource(dataSource, `${path}.dataSource`));
  if (dataSourceRef) errors.push(...validateDataSource(dataSourceRef, `${path}.dataSourceRef`));
  if (dataSource && dataSourceRef) {
    if (dataSourceRef.namespace)
      errors.push(invalidValue(path, `${path}.dataSource`, 'may not be specified when dataSourceRef.namespace is specified'));
    else if ((['apiGroup', 'kind', 'name'] as const).some((field) => dataSource[field] !== dataSourceRef[field]))
      errors.push(invalidValue(path, `${path}.dataSource`, 'must match dataSourceRef'));
  }
  return errors;
}

function validateDataSource({ name, kind, apiGroup }: TypedLocalObjectReference | TypedObjectReference, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${path}.name`));
  if (kind === '') errors.push(required(`${path}.kind`));
  if (!apiGroup && kind !== 'PersistentVolumeClaim')
    errors.push(invalidValue(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup) errors.push(...invalidBy(`${path}.apiGroup`, apiGroup, isQualifiedName(apiGroup)));
  return errors;
}
