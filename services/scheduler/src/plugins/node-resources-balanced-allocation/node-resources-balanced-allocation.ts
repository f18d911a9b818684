import { maxScore, type Plugin } from '../../framework/plugin.ts';
import { amountOf, isScalar } from '../../framework/resources.ts';

/** Nodes whose resources would be used to a like degree score higher, so that none runs out while the others lie idle. */
export function nodeResourcesBalancedAllocation({ resources }: { resources: readonly { name: string }[] }): Plugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    hints: {},
    sign: ({ requests }) => requests.key,

    /** A pod that asks for none of them changes no balance. */
    preScore: ({ requests: { stated } }) =>
      resources.every(({ name }) => amountOf(stated, name) === 0) ? { skip: true } : { state: undefined },

    score({ requests: { stated } }, { allocatable, requested }) {
      const used: number[] = [];
      for (const { name } of resources) {
        const capacity = amountOf(allocatable, name);
        const wanted = amountOf(stated, name);
        if (capacity === 0 || (wanted === 0 && isScalar(name))) continue;
        used.push(Math.min(1, (amountOf(requested, name) + wanted) / capacity));
      }
      return Math.trunc((1 - deviationOf(used)) * maxScore);
    },
  };
}

/** The standard deviation: of two it is half their distance, and one alone deviates from nothing. */
function deviationOf(values: readonly number[]): number {
  const [first = 0, second = first] = values;
  if (values.length <= 2) return Math.abs(first - second) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
