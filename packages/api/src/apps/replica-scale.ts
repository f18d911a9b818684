import type { ScaleAccess } from '../kind.ts';

interface Replicated {
  spec: { replicas?: number };
  status?: { replicas?: number };
}

/** The scale of a kind whose numbers are `spec.replicas` and `status.replicas`; `selector` in text form. */
export const replicaScale = <T extends Replicated>(selector: (object: T) => string): ScaleAccess<T> => ({
  replicas: ({ spec }) => spec.replicas ?? 0,
  setReplicas({ spec }, replicas) {
    spec.replicas = replicas;
  },
  statusReplicas: ({ status }) => status?.replicas ?? 0,
  selector,
});
