import type { Pod } from '@t8s/api';
import type { Plugin } from '../../framework/plugin.ts';

const hasClaims = ({ pod }: { pod: Pod }): boolean => (pod.spec.resourceClaims ?? []).length > 0;

/**
 * Says no to pods with resource claims, which are not kept here, instead of placing them as if they had none. Of all others it says
 * what v1.34 tells the user: it is asked before preemption, and has not seen a pod that a preFilter before it turned down.
 */
export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  hints: {},
  sign: ({ pod }) => pod.spec.resourceClaims,

  preFilter(info) {
    if (!hasClaims(info)) return { skip: true };
    return { rejection: { code: 'UnschedulableAndUnresolvable', reasons: ['this scheduler does not support resource claims'] } };
  },

  postFilter(info, { pod }) {
    if (hasClaims(info)) return {};
    return pod ? { message: 'not found', isLast: true } : { message: 'no new claims to deallocate' };
  },
};
