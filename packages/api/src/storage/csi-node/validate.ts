import { duplicate, type FieldError, invalidValue, isQualifiedName, required } from '@t8s/meta';
import { validateDriverName } from '../../core/pod/validate-volumes.ts';
import { invalidBy, nonNegative } from '../../field-checks.ts';
import type { CSINode, CSINodeDriver } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';

const longestNodeId = 256;

export function validateCsiNode({ spec: { drivers = [] } }: CSINode): FieldError[] {
  return drivers.flatMap((driver, i) =>
    validateDriver(driver, drivers.findIndex(({ name }) => name === driver.name) < i, `spec.drivers[${i}]`),
  );
}

/** A driver that registers anew under other terms goes first. */
export function validateCsiNodeUpdate({ spec: { drivers = [] } }: CSINode, { spec: { drivers: old = [] } }: CSINode): FieldError[] {
  return old.flatMap((before) =>
    drivers.filter(({ name }) => name === before.name).flatMap((driver) => immutable('spec.drivers', driver, before)),
  );
}

function validateDriver(
  { name = '', nodeID = '', allocatable, topologyKeys = [] }: CSINodeDriver,
  isKnown: boolean,
  path: string,
): FieldError[] {
  return [
    ...validateDriverName(name, `${path}.name`),
    ...(nodeID === '' ? [required(`${path}.nodeID`)] : []),
    ...(nodeID.length > longestNodeId ? [invalidValue(`${path}.nodeID`, nodeID, `must be ${longestNodeId} characters or less`)] : []),
    ...nonNegative(`${path}.allocatable.count`, allocatable?.count),
    ...(isKnown ? [duplicate(`${path}.name`, name)] : []),
    ...topologyKeys.flatMap((key, i) => [
      ...(key === '' ? [required(path)] : []),
      ...(topologyKeys.indexOf(key) < i ? [duplicate(path, key)] : []),
      ...invalidBy(path, key, isQualifiedName(key)),
    ]),
  ];
}
