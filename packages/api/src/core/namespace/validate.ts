import { type FieldError, invalidValue, isQualifiedName } from '@t8s/meta';
import { invalidBy } from '../../field-checks.ts';
import type { Namespace } from '../../generated/types.ts';
import { standardFinalizer } from '../../object-meta/validate.ts';

/** For the namespace itself, and for what its `finalize` sub-resource writes. */
export function validateNamespace({ spec }: Namespace): FieldError[] {
  const path = 'spec.finalizers';
  return (spec.finalizers ?? []).flatMap((finalizer) => [
    ...invalidBy(path, finalizer, isQualifiedName(finalizer)),
    ...standardFinalizer(path, finalizer),
  ]);
}

/** The phase follows from whether the namespace is being deleted. */
export function validateNamespaceStatus({ metadata, status }: Namespace): FieldError[] {
  const phase = status?.phase ?? '';
  if (metadata.deletionTimestamp === undefined)
    return phase === 'Active' ? [] : [invalidValue('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  return phase === 'Terminating'
    ? []
    : [invalidValue('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
}
