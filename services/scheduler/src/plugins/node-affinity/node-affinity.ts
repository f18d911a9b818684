import { matchesNodeAffinity, matchesTerm, type NodeSelectorTerm, type PodSpec } from '@t8s/api';
import { ifOwnChanges } from '../../framework/cluster-event.ts';
import { normalizeByMax } from '../../framework/normalize.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';

const mismatch: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't match Pod's node affinity/selector"] };
const conflict: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ['pod affinity terms conflict'] };

const required = ({ affinity }: PodSpec): readonly NodeSelectorTerm[] | undefined =>
  affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
const preferred = ({ affinity }: PodSpec) => affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

/** nodeSelector and required node affinity keep pods away; the weights of preferred terms that match add up. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  hints: {
    Node: ({ pod }, { now, old }) =>
      now !== undefined && matchesNodeAffinity(pod.spec, now) && !(old && matchesNodeAffinity(pod.spec, old)),
    UnscheduledPod: ifOwnChanges(({ spec }) => [spec.nodeSelector, spec.affinity]),
  },
  sign: ({ pod }) => [pod.spec.nodeSelector, pod.spec.affinity?.nodeAffinity],

  preFilter({ pod }) {
    const terms = required(pod.spec);
    if (terms === undefined && Object.keys(pod.spec.nodeSelector ?? {}).length === 0) return { skip: true };
    const nodes = terms && namedNodes(terms);
    if (nodes === undefined) return { state: undefined };
    return nodes.size === 0 ? { rejection: conflict } : { state: undefined, nodes };
  },

  filter: ({ pod }, { node }) => (node && matchesNodeAffinity(pod.spec, node) ? undefined : mismatch),

  preScore: ({ pod }) => (preferred(pod.spec).length === 0 ? { skip: true } : { state: undefined }),

  score({ pod }, { node }) {
    let sum = 0;
    if (node) for (const { weight, preference } of preferred(pod.spec)) if (matchesTerm(preference, node)) sum += weight;
    return sum;
  },

  normalize: (scores) => normalizeByMax(scores, { reverse: false }),
};

/** The nodes that terms name by `metadata.name`, as a DaemonSet's pods do; undefined where any term leaves the name open. */
function namedNodes(terms: readonly NodeSelectorTerm[]): Set<string> | undefined {
  const all = new Set<string>();
  for (const { matchFields = [] } of terms) {
    let names: string[] | undefined;
    for (const { key, operator, values = [] } of matchFields) {
      if (key !== 'metadata.name' || operator !== 'In') continue;
      names = names === undefined ? values : names.filter((name) => values.includes(name));
    }
    if (names === undefined) return undefined;
    for (const name of names) all.add(name);
  }
  return all;
}
