import { tolerates, untoleratedTaint } from '@t8s/api';
import { normalizeByMax } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';

const hardEffects = ['NoSchedule', 'NoExecute'];

/** Hard taints keep pods away that do not tolerate them; nodes with fewer untolerated soft taints score higher. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  sign: ({ pod }) => pod.spec.tolerations,

  filter({ pod }, node) {
    if (node.hardTaints.length === 0) return undefined;
    const taint = untoleratedTaint(node.hardTaints, pod.spec.tolerations, hardEffects);
    if (!taint) return undefined;
    return {
      code: 'UnschedulableAndUnresolvable',
      reasons: [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`],
    };
  },

  score({ pod }, node) {
    if (node.softTaints.length === 0) return 0;
    return node.softTaints.filter((taint) => !pod.spec.tolerations?.some((toleration) => tolerates(toleration, taint))).length;
  },

  normalize: (scores) => normalizeByMax(scores, { reverse: true }),
};
