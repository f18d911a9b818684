import type { Pod, Volume } from '../../generated/types.ts';

/** The name of the claim a pod's volume stands for: one there is, or one that comes and goes with the pod. */
export const claimName = ({ metadata }: Pod, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined =>
  persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${name}`);

/** Keys (`namespace/name`) of the claims a pod may use. */
export const claimKeysOf = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap((volume) => {
    const name = claimName(pod, volume);
    return name === undefined ? [] : [`${pod.metadata.namespace}/${name}`];
  });
