/** The status of what keeps a number of replicas alike: ReplicaSets and ReplicationControllers. */
import { type FieldError, invalidValue } from '@t8s/meta';
import { nonNegative } from '../field-checks.ts';
import type { ReplicaSetStatus, ReplicationControllerStatus } from '../generated/types.ts';

export function validateReplicaCounts(status: ReplicaSetStatus | ReplicationControllerStatus = { replicas: 0 }): FieldError[] {
  const { replicas, readyReplicas = 0, availableReplicas = 0 } = status;
  const counts = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const;
  const errors = counts.flatMap((field) => nonNegative(`status.${field}`, status[field]));
  for (const field of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[field] ?? 0;
    if (count > replicas) errors.push(invalidValue(`status.${field}`, count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas)
    errors.push(invalidValue('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  return errors;
}
