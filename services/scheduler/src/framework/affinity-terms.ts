/** What a pod wants of pods beside it: its terms of inter-pod affinity and anti-affinity, with their selectors parsed. */
import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '@t8s/api';
import { Selector, type SelectorRequirement, toSelector } from '@t8s/meta';

export interface AffinityTerm {
  topologyKey: string;
  namespaces: ReadonlySet<string>;
  /** Selects further namespaces by their labels. */
  namespaceSelector: Selector;
  selector: Selector;
  /** Of preferred terms; 1 in required ones. */
  weight: number;
}

export interface AffinityTerms {
  requiredAffinity: readonly AffinityTerm[];
  requiredAntiAffinity: readonly AffinityTerm[];
  preferredAffinity: readonly AffinityTerm[];
  preferredAntiAffinity: readonly AffinityTerm[];
}

/** The labels of a namespace by its name. */
export type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>> | undefined;

/** Undefined where the pod has no terms. */
export function affinityTermsOf(pod: Pod): AffinityTerms | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (!podAffinity && !podAntiAffinity) return undefined;
  const required = (terms: readonly PodAffinityTerm[] = []) => terms.map((term) => toTerm(term, pod, 1));
  const preferred = (terms: readonly WeightedPodAffinityTerm[] = []) => terms.map((term) => toTerm(term.podAffinityTerm, pod, term.weight));
  return {
    requiredAffinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

/** Whether the term is about this pod. */
export function selects({ namespaces, namespaceSelector, selector }: AffinityTerm, { metadata }: Pod, labelsOf: NamespaceLabels): boolean {
  const { namespace = '', labels } = metadata;
  return selector.matches(labels) && (namespaces.has(namespace) || namespaceSelector.matches(labelsOf(namespace)));
}

function toTerm(term: PodAffinityTerm, { metadata: { namespace = '', labels = {} } }: Pod, weight: number): AffinityTerm {
  const { topologyKey, namespaces = [], namespaceSelector, labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined;
  const values = (keys: readonly string[], operator: 'in' | 'notin'): SelectorRequirement[] =>
    keys.filter((key) => Object.hasOwn(labels, key)).map((key) => ({ key, operator, values: [labels[key] ?? ''] }));
  // The keys stand for the pod's own values (KEP-3633).
  const requirements = [...toSelector(labelSelector).requirements, ...values(matchLabelKeys, 'in'), ...values(mismatchLabelKeys, 'notin')];
  return {
    topologyKey,
    namespaces: new Set(isOwn ? [namespace] : namespaces),
    namespaceSelector: toSelector(namespaceSelector),
    selector: new Selector(requirements),
    weight,
  };
}
