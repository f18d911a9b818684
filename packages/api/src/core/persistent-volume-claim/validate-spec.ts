/** core's ValidatePersistentVolumeClaimSpec: for claims, and for the templates of claims in pods and StatefulSets. */
import { type FieldError, invalidValue, isDns1123Label, isDns1123Subdomain, parseQuantity, required } from '@t8s/meta';
import { invalidBy, optionalOneOf } from '../../field-checks.ts';
import type { PersistentVolumeClaimSpec, TypedLocalObjectReference, TypedObjectReference } from '../../generated/types.ts';
import { validateLabelSelector } from '../../label-selector.ts';
import { supportedModes } from '../persistent-volume/access-modes.ts';

export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const { accessModes = [], selector, resources, storageClassName, volumeMode, volumeAttributesClassName } = spec;
  return [
    ...(accessModes.length === 0 ? [required(`${path}.accessModes`, 'at least 1 access mode is required')] : []),
    ...validateLabelSelector(selector, `${path}.selector`),
    ...supportedModes(accessModes, `${path}.accessModes`),
    ...validateSize(resources?.requests?.['storage'], `${path}.resources[storage]`),
    ...className(`${path}.storageClassName`, storageClassName),
    ...optionalOneOf(`${path}.volumeMode`, volumeMode, ['Block', 'Filesystem']),
    ...validateDataSources(spec, path),
    ...className(`${path}.volumeAttributesClassName`, volumeAttributesClassName),
  ];
}

function validateSize(size: string | undefined, path: string): FieldError[] {
  if (size === undefined) return [required(path)];
  return parseQuantity(size).nano > 0n ? [] : [invalidValue(path, size, 'must be greater than zero')];
}

const className = (path: string, name: string | undefined): FieldError[] => (name ? invalidBy(path, name, isDns1123Subdomain(name)) : []);

function validateDataSources({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const namespace = dataSourceRef?.namespace;
  const errors = [
    ...(dataSource ? validateDataSource(dataSource, `${path}.dataSource`) : []),
    ...(dataSourceRef ? validateDataSource(dataSourceRef, `${path}.dataSourceRef`) : []),
    ...(namespace ? invalidBy(`${path}.dataSourceRef.namespace`, namespace, isDns1123Label(namespace)) : []),
  ];
  if (!dataSource || !dataSourceRef) return errors;
  if (namespace) errors.push(invalidValue(path, `${path}.dataSource`, 'may not be specified when dataSourceRef.namespace is specified'));
  else if ((['apiGroup', 'kind', 'name'] as const).some((field) => dataSource[field] !== dataSourceRef[field]))
    errors.push(invalidValue(path, `${path}.dataSource`, 'must match dataSourceRef'));
  return errors;
}

function validateDataSource({ name, kind, apiGroup }: TypedLocalObjectReference | TypedObjectReference, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${path}.name`));
  if (!kind) errors.push(required(`${path}.kind`));
  if (!apiGroup && kind !== 'PersistentVolumeClaim')
    errors.push(invalidValue(path, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup) errors.push(...invalidBy(`${path}.apiGroup`, apiGroup, isDns1123Subdomain(apiGroup)));
  return errors;
}
