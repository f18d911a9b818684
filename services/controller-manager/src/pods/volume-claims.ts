import type { Pod, Volume } from '@t8s/api';
import { objectKey } from '@t8s/meta';

/** The name of the claim a pod's volume stands for: one there is, or one that comes and goes with the pod. */
export const claimName = ({ metadata }: Pod, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined =>
  persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${name}`);

/** `claim`: by the keys of the claims a pod may use. */
export const claimIndexers = {
  claim: (pod: Pod): string[] =>
    (pod.spec.volumes ?? []).flatMap((volume) => {
      const name = claimName(pod, volume);
      return name === undefined ? [] : [objectKey({ metadata: { ...pod.metadata, name } })];
    }),
};
