import type { ReplicationController } from '../../generated/types.ts';
import { defaultPodTemplate } from '../pod/defaults.ts';

/** What the template's labels say stands for the selector and the controller's own labels too. */
export function defaultReplicationController({ metadata, spec }: ReplicationController): void {
  const labels = spec.template?.metadata?.labels;
  if (labels) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  spec.replicas ??= 1;
  if (spec.template) defaultPodTemplate(spec.template);
}
