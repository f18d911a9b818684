import {
  type Affinity,
  matchesNodeAffinity,
  matchesTerm,
  type Node,
  type NodeSelectorTerm,
  type Pod,
  type PodSpec,
  validateAffinity,
} from '@t8s/api';
import type { Fields } from '../../config/fields.ts';
import { ifOwnChanges } from '../../framework/cluster-event.ts';
import { normalizeByMax } from '../../framework/normalize.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';

const mismatch: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't match Pod's node affinity/selector"] };
const notAllowed: Rejection = {
  code: 'UnschedulableAndUnresolvable',
  reasons: ["node(s) didn't match scheduler-enforced node affinity"],
};
const conflict: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ['pod affinity terms conflict'] };

export interface NodeAffinityArgs {
  /** Of all pods of the profile, beside their own. */
  addedAffinity?: AddedAffinity | undefined;
}

type AddedAffinity = NonNullable<Affinity['nodeAffinity']>;

export function readNodeAffinityArgs(fields: Fields): NodeAffinityArgs {
  const validate = (nodeAffinity: AddedAffinity, path: string) =>
    validateAffinity({ nodeAffinity }, path).map((error) => ({ ...error, field: error.field.replace('.nodeAffinity', '') }));
  return { addedAffinity: fields.ofApi('addedAffinity', 'NodeAffinity', validate) };
}

const required = ({ affinity }: PodSpec): readonly NodeSelectorTerm[] | undefined =>
  affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
const preferred = ({ affinity }: PodSpec) => affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

/** nodeSelector and required node affinity keep pods away; the weights of preferred terms that match add up. */
export function nodeAffinity({ addedAffinity }: NodeAffinityArgs): Plugin {
  // What the scheduler adds to every pod is node affinity of a spec of its own.
  const added: PodSpec = { containers: [], ...(addedAffinity && { affinity: { nodeAffinity: addedAffinity } }) };
  const isAllowed = (node: Node): boolean => required(added) === undefined || matchesNodeAffinity(added, node);
  const isWanted = (pod: Pod, node: Node): boolean => isAllowed(node) && matchesNodeAffinity(pod.spec, node);

  return {
    name: 'NodeAffinity',
    hints: {
      Node: ({ pod }, { now, old }) => now !== undefined && isWanted(pod, now) && !(old && isWanted(pod, old)),
      UnschedulablePod: ifOwnChanges(({ spec }) => [spec.nodeSelector, spec.affinity]),
    },
    sign: ({ pod }) => [pod.spec.nodeSelector, pod.spec.affinity?.nodeAffinity],

    preFilter({ pod }) {
      const terms = required(pod.spec);
      const isFree = terms === undefined && Object.keys(pod.spec.nodeSelector ?? {}).length === 0;
      if (isFree && required(added) === undefined) return { skip: true };
      const nodes = terms && namedNodes(terms);
      if (nodes === undefined) return { state: undefined };
      return nodes.size === 0 ? { rejection: conflict } : { state: undefined, nodes };
    },

    filter({ pod }, { node }) {
      if (node && !isAllowed(node)) return notAllowed;
      return node && matchesNodeAffinity(pod.spec, node) ? undefined : mismatch;
    },

    preScore: ({ pod }) => (preferred(pod.spec).length + preferred(added).length === 0 ? { skip: true } : { state: undefined }),

    score({ pod }, { node }) {
      let sum = 0;
      if (!node) return sum;
      for (const { weight, preference } of preferred(pod.spec)) if (matchesTerm(preference, node)) sum += weight;
      for (const { weight, preference } of preferred(added)) if (matchesTerm(preference, node)) sum += weight;
      return sum;
    },

    normalize: (scores) => normalizeByMax(scores, { reverse: false }),
  };
}

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
