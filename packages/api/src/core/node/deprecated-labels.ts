/** Labels of nodes that have other names by now, and the warnings about their use. */
import { isLabelValue } from '@t8s/meta';
import type { NodeSelectorTerm } from '../../generated/types.ts';

const betaLabels: Record<string, [since: string, instead: string]> = {
  'beta.kubernetes.io/arch': ['v1.14', 'kubernetes.io/arch'],
  'beta.kubernetes.io/os': ['v1.14', 'kubernetes.io/os'],
  'failure-domain.beta.kubernetes.io/region': ['v1.17', 'topology.kubernetes.io/region'],
  'failure-domain.beta.kubernetes.io/zone': ['v1.17', 'topology.kubernetes.io/zone'],
  'beta.kubernetes.io/instance-type': ['v1.17', 'node.kubernetes.io/instance-type'],
};

/** What to tell who uses `key`; undefined for labels in good standing. */
export function deprecatedLabel(key: string): string | undefined {
  const found = betaLabels[key];
  return found && `deprecated since ${found[0]}; use "${found[1]}" instead`;
}

/** The name that took the place of a deprecated one. */
export const labelSuccessor = (key: string): string | undefined => betaLabels[key]?.[1];

/** `checkValues`: also of values that no label can have, which is no error in a preference. */
export function nodeTermWarnings({ matchExpressions = [] }: NodeSelectorTerm, checkValues: boolean, path: string): string[] {
  return matchExpressions.flatMap(({ key, values = [] }, i) => {
    const message = deprecatedLabel(key);
    return [
      ...(message ? [`${path}.matchExpressions[${i}].key: ${key} is ${message}`] : []),
      ...(checkValues
        ? values.flatMap((value, j) =>
            isLabelValue(value).map((error) => `${path}.matchExpressions[${i}].values[${j}]: ${value} is invalid, ${error}`),
          )
        : []),
    ];
  });
}
