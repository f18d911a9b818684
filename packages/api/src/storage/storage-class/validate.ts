import { duplicate, type FieldError, required } from '@t8s/meta';
import { labelName, oneOf, optionalOneOf } from '../../field-checks.ts';
import type { StorageClass, TopologySelectorTerm } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';
import { unchanged, validateDriver, validateParameters } from '../driver-parameters.ts';

export function validateStorageClass(storageClass: StorageClass): FieldError[] {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = storageClass;
  return [
    ...validateDriver(provisioner, 'provisioner'),
    ...validateParameters(parameters, { empty: true }),
    ...(reclaimPolicy ? optionalOneOf('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']) : []),
    ...oneOf('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
    ...validateTopologies(allowedTopologies),
  ];
}

export function validateStorageClassUpdate(storageClass: StorageClass, old: StorageClass): FieldError[] {
  return [
    ...unchanged(storageClass, old, ['parameters', 'provisioner', 'reclaimPolicy']),
    ...immutable('volumeBindingMode', storageClass.volumeBindingMode, old.volumeBindingMode),
  ];
}

/** No term may select nothing, or what another does. */
function validateTopologies(terms: readonly TopologySelectorTerm[]): FieldError[] {
  const seen = new Set([fingerprint({})]);
  return terms.flatMap((term, i) => {
    const path = `allowedTopologies[${i}].matchLabelExpressions`;
    const key = fingerprint(term);
    const isKnown = seen.has(key);
    seen.add(key);
    return [...validateTerm(term, path), ...(isKnown ? [duplicate(path, '')] : [])];
  });
}

function fingerprint({ matchLabelExpressions = [] }: TopologySelectorTerm): string {
  const values = new Map(matchLabelExpressions.map(({ key, values = [] }) => [key, [...new Set(values)].sort()]));
  return JSON.stringify([...values].sort());
}

function validateTerm({ matchLabelExpressions = [] }: TopologySelectorTerm, path: string): FieldError[] {
  return matchLabelExpressions.flatMap(({ key = '', values = [] }, i) => [
    ...(values.length === 0 ? [required(`${path}[${i}].values`)] : []),
    ...values.flatMap((value, j) => (values.indexOf(value) < j ? [duplicate(`${path}[${i}].values[${j}]`, value)] : [])),
    ...labelName(`${path}[${i}].key`, key),
    ...(matchLabelExpressions.findIndex((other) => other.key === key) < i ? [duplicate(`${path}[${i}].key`, key)] : []),
  ]);
}
