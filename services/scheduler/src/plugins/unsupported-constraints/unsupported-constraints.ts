import type { Plugin } from '../../framework/plugin.ts';

/** Says no to pods whose constraints this scheduler cannot keep yet, instead of placing them as if they had none. */
export const unsupportedConstraints: Plugin = {
  name: 'UnsupportedConstraints',
  hints: {},
  sign: ({ pod }) => pod.spec.resourceClaims,
  preFilter({ pod }) {
    if ((pod.spec.resourceClaims ?? []).length === 0) return { skip: true };
    return { rejection: { code: 'UnschedulableAndUnresolvable', reasons: ['this scheduler does not support resource claims'] } };
  },
};
