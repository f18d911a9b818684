import { duplicate, type FieldError, invalidValue, notSupportedInOrder, required } from '@t8s/meta';
import { optionalOneOf } from '../../field-checks.ts';
import type { CSIDriver, StorageTokenRequest } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';

const modes = ['Persistent', 'Ephemeral'];

/** Defaulting fills in what is required. */
export function validateCsiDriver({ spec }: CSIDriver): FieldError[] {
  const given = (field: 'podInfoOnMount' | 'storageCapacity' | 'seLinuxMount'): FieldError[] =>
    spec[field] === undefined ? [required(`spec.${field}`)] : [];
  const { volumeLifecycleModes = [], nodeAllocatableUpdatePeriodSeconds: period } = spec;
  return [
    ...(spec.attachRequired === undefined ? [required('spec.attachedRequired')] : []),
    ...given('podInfoOnMount'),
    ...given('storageCapacity'),
    ...optionalOneOf('spec.fsGroupPolicy', spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...validateTokenRequests(spec.tokenRequests ?? []),
    ...volumeLifecycleModes
      .filter((mode) => !modes.includes(mode))
      .map((mode) => notSupportedInOrder('spec.volumeLifecycleModes', mode, modes)),
    ...given('seLinuxMount'),
    ...(period !== undefined && period < 10
      ? [invalidValue('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds')]
      : []),
  ];
}

/** The message names the first field as upstream does, which is not its name. */
export function validateCsiDriverUpdate({ spec }: CSIDriver, { spec: old }: CSIDriver): FieldError[] {
  return [
    ...immutable('spec.attachedRequired', spec.attachRequired, old.attachRequired),
    ...immutable('spec.volumeLifecycleModes', spec.volumeLifecycleModes, old.volumeLifecycleModes),
  ];
}

function validateTokenRequests(requests: readonly StorageTokenRequest[]): FieldError[] {
  return requests.flatMap(({ audience = '', expirationSeconds }, i) => {
    const path = `spec.tokenRequests[${i}]`;
    if (requests.findIndex((other) => (other.audience ?? '') === audience) < i) return [duplicate(`${path}.audience`, audience)];
    const invalid = (message: string): FieldError => invalidValue(`${path}.expirationSeconds`, expirationSeconds, message);
    return [
      ...(expirationSeconds !== undefined && expirationSeconds < 600 ? [invalid('may not specify a duration less than 10 minutes')] : []),
      ...(expirationSeconds !== undefined && expirationSeconds > 2 ** 32
        ? [invalid('may not specify a duration larger than 2^32 seconds')]
        : []),
    ];
  });
}
