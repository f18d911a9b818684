import { type Pod, type Taint, tolerates, untoleratedTaint } from '@t8s/api';
import { ifOwnChanges } from '../../framework/cluster-event.ts';
import { normalizeByMax } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';

const hardEffects = ['NoSchedule', 'NoExecute'];

const repelling = ({ spec }: Pod, taints: readonly Taint[] | undefined): Taint | undefined =>
  untoleratedTaint(taints, spec.tolerations, hardEffects);

/** Hard taints keep pods away that do not tolerate them; nodes with fewer untolerated soft taints score higher. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  hints: {
    Node: ({ pod }, { now, old }) => now !== undefined && !repelling(pod, now.spec.taints) && !(old && !repelling(pod, old.spec.taints)),
    UnschedulablePod: ifOwnChanges((pod) => pod.spec.tolerations),
  },
  sign: ({ pod }) => pod.spec.tolerations,

  filter({ pod }, node) {
    if (node.hardTaints.length === 0) return undefined;
    const taint = repelling(pod, node.hardTaints);
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
