/** What writes do to pods: podStrategy of upstream's registry/core/pod. */
import type { LabelSelector } from '@t8s/meta';
import type { Pod, PodAffinityTerm, PodCondition, PodSpec } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { dropDisabledFields } from './disabled-fields.ts';
import { qosClass } from './qos.ts';

export function preparePodForCreate(pod: Pod): void {
  pod.metadata.generation = 1;
  dropDisabledFields(pod.spec);
  pod.status = { phase: 'Pending', qosClass: qosClass(pod.spec) };
  if ((pod.spec.schedulingGates ?? []).length > 0) pod.status.conditions = [gatedCondition];
  selectByOwnLabels(pod);
}

const gatedCondition: PodCondition = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

export function preparePodForUpdate(pod: Pod, old: Pod): void {
  keepFields(pod, old, ['status']);
  dropDisabledFields(pod.spec, old.spec);
  // KEP-5067.
  countSpecChanges(pod, old);
}

/** Keeps what status writers of older versions leave out, and `podIP` in step with `podIPs`. */
export function preparePodStatus(pod: Pod, old: Pod): void {
  pod.status ??= {};
  const { status } = pod;
  if (!status.qosClass) keepFields(status, old.status, ['qosClass']);
  if (!status.observedGeneration) keepFields(status, old.status, ['observedGeneration']);
  const before = new Map<string, PodCondition[]>();
  for (const condition of old.status?.conditions ?? []) before.set(condition.type, [...(before.get(condition.type) ?? []), condition]);
  for (const condition of status.conditions ?? []) {
    const same = before.get(condition.type)?.shift();
    if (!condition.observedGeneration && same?.observedGeneration) condition.observedGeneration = same.observedGeneration;
  }
  if (status.podIP && status.podIPs?.[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }];
  else if (!status.podIP && status.podIPs?.[0]?.ip) status.podIP = status.podIPs[0].ip;
}

/** Seconds a pod gets to end: none before it has a node or after it has ended. */
export function podGracePeriod({ spec, status }: Pod, requested: number | undefined): number {
  const ended = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (!spec.nodeName || ended) return 0;
  const period = requested ?? spec.terminationGracePeriodSeconds ?? 0;
  return period < 0 ? 1 : period;
}

export function podSelectableFields({ spec, status }: Pod): Record<string, string> {
  return {
    'spec.nodeName': spec.nodeName ?? '',
    'spec.restartPolicy': spec.restartPolicy ?? '',
    'spec.schedulerName': spec.schedulerName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(spec.hostNetwork ?? false),
    'status.phase': status?.phase ?? '',
    'status.podIP': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    'status.nominatedNodeName': status?.nominatedNodeName ?? '',
  };
}

/** `matchLabelKeys`: the pod's own values of these labels join the selectors of affinity terms and spread constraints (KEP-3633, KEP-3243). */
function selectByOwnLabels({ metadata: { labels = {} }, spec }: Pod): void {
  const add = (selector: LabelSelector | undefined, keys: readonly string[] | undefined, operator: string): void => {
    for (const key of keys ?? []) {
      const value = labels[key];
      if (selector && value !== undefined)
        selector.matchExpressions = [...(selector.matchExpressions ?? []), { key, operator, values: [value] }];
    }
  };
  for (const { labelSelector, matchLabelKeys, mismatchLabelKeys } of affinityTerms(spec)) {
    add(labelSelector, matchLabelKeys, 'In');
    add(labelSelector, mismatchLabelKeys, 'NotIn');
  }
  for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints ?? []) add(labelSelector, matchLabelKeys, 'In');
}

function affinityTerms({ affinity }: PodSpec): PodAffinityTerm[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((a) => [
    ...(a?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(a?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((weighted) => weighted.podAffinityTerm),
  ]);
}
