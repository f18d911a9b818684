/** How a claim may change, and what its status may say (core's validation, v1.34). */
import { type FieldError, forbiddenField, invalidValue, isQualifiedName, notSupported, parseQuantity, required } from '@t8s/meta';
import { describeDifference } from '../../difference.ts';
import { invalidBy } from '../../field-checks.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { storageClassAnnotation } from '../persistent-volume/warnings.ts';

/** A bound claim may grow, or go back on a growth that failed; any may change its attributes class. The rest stays. */
export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const { spec } = claim;
  const expected = structuredClone(old.spec);
  if (!expected.volumeName && spec.volumeName) expected.volumeName = spec.volumeName;
  const annotated = old.metadata.annotations?.[storageClassAnnotation];
  const annotation = claim.metadata.annotations?.[storageClassAnnotation];
  const errors: FieldError[] = [];
  const gainsClass = expected.storageClassName === undefined && spec.storageClassName !== undefined;
  const fromAnnotation = gainsClass && spec.storageClassName === annotated && (annotation === undefined || annotation === annotated);
  if (!fromAnnotation && annotation !== annotated)
    errors.push(invalidValue(`metadata.annotations[${storageClassAnnotation}]`, annotation ?? '', 'field is immutable'));
  if (gainsClass && (annotated === undefined || spec.storageClassName === annotated)) expected.storageClassName = spec.storageClassName;
  if (spec.volumeAttributesClassName === undefined) delete expected.volumeAttributesClassName;
  else expected.volumeAttributesClassName = spec.volumeAttributesClassName;
  if (claim.status?.phase === 'Bound') acceptSize(expected, spec);
  if (!semanticEqual(spec, expected))
    errors.push(
      forbiddenField(
        'spec',
        `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${describeDifference(expected, spec, 'spec')}`,
      ),
    );
  return [
    ...errors,
    ...validateShrinking(claim, old),
    ...immutable('volumeMode', spec.volumeMode, old.spec.volumeMode),
    ...validateClassUpdate(spec, old.spec),
  ];
}

function acceptSize(expected: PersistentVolumeClaimSpec, { resources }: PersistentVolumeClaimSpec): void {
  const size = resources?.requests?.['storage'];
  if (size !== undefined) expected.resources = { ...expected.resources, requests: { ...expected.resources?.requests, storage: size } };
}

function validateShrinking({ spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const size = parseQuantity(spec.resources?.requests?.['storage'] ?? '0');
  if (size.compare(parseQuantity(old.spec.resources?.requests?.['storage'] ?? '0')) >= 0) return [];
  return size.compare(parseQuantity(old.status?.capacity?.['storage'] ?? '0')) <= 0
    ? [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')]
    : [];
}

function validateClassUpdate({ volumeAttributesClassName: name }: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec): FieldError[] {
  if (old.volumeAttributesClassName === undefined || name === old.volumeAttributesClassName || name) return [];
  return [
    forbiddenField(
      'spec.volumeAttributesClassName',
      `update from non-nil value to ${name === undefined ? 'nil' : 'an empty string'} is forbidden`,
    ),
  ];
}

const resizeStatuses = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
];

export function validateClaimStatus({ spec, status = {} }: PersistentVolumeClaim): FieldError[] {
  const statuses = 'status.allocatedResourceStatus';
  const allocated = 'status.allocatedResources';
  return [
    ...((spec.accessModes ?? []).length === 0 ? [required('Spec.accessModes')] : []),
    ...Object.entries(status.capacity ?? {}).flatMap(([name, text]) => validAmount(text, `status.capacity[${name}]`)),
    ...Object.entries(status.allocatedResourceStatuses ?? {}).flatMap(([name, state]) => [
      ...resourceKey(name, statuses),
      ...(resizeStatuses.includes(state) ? [] : [notSupported(statuses, name, resizeStatuses)]),
    ]),
    ...Object.entries(status.allocatedResources ?? {}).flatMap(([name, text]) => {
      const errors = resourceKey(name, allocated);
      return errors.length > 0 ? errors : validAmount(text, `${allocated}[${name}]`);
    }),
  ];
}

function validAmount(text: string, path: string): FieldError[] {
  const { value } = parseQuantity(text);
  return value < 0 ? [invalidValue(path, value, 'must be a valid resource quantity')] : [];
}

function resourceKey(name: string, path: string): FieldError[] {
  const errors = invalidBy(path, name, isQualifiedName(name));
  const isNative = !name.includes('/') || name.includes('kubernetes.io/');
  return errors.length === 0 && isNative && name !== 'storage' ? [notSupported(path, name, ['storage'])] : errors;
}
