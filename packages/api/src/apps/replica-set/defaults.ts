import { defaultPodTemplate } from '../../core/pod/defaults.ts';
import type { ReplicaSet } from '../../generated/types.ts';

export function defaultReplicaSet({ spec }: ReplicaSet): void {
  spec.replicas ??= 1;
  if (spec.template) defaultPodTemplate(spec.template);
}
