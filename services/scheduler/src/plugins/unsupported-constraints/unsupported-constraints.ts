import type { PodSpec } from '@t8s/api';
import type { Plugin } from '../../framework/plugin.ts';

/** Says no to pods whose constraints this scheduler cannot keep yet, instead of placing them as if they had none. */
export const unsupportedConstraints: Plugin = {
  name: 'UnsupportedConstraints',
  hints: {},
  sign: ({ pod }) => unsupported(pod.spec),
  preFilter({ pod }) {
    const found = unsupported(pod.spec);
    if (found.length === 0) return { skip: true };
    return { rejection: { code: 'UnschedulableAndUnresolvable', reasons: [`this scheduler does not support ${found.join(', ')}`] } };
  },
};

function unsupported({ volumes = [], resourceClaims = [] }: PodSpec): string[] {
  const found: string[] = [];
  if (volumes.some((volume) => volume.persistentVolumeClaim || volume.ephemeral)) found.push('persistent volume claims');
  if (resourceClaims.length > 0) found.push('resource claims');
  return found;
}
