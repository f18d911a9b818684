/** Which objects a quota is about. */
import {
  type PersistentVolumeClaim,
  type Pod,
  type PodAffinityTerm,
  type PodSpec,
  qosClass,
  type ResourceQuota,
  type ScopedResourceSelectorRequirement,
} from '@t8s/api';
import type { GroupResource, KubeObject } from '@t8s/meta';
import { attributeClasses } from './claim-usage.ts';

/** Whether an object is in all scopes of a quota. Only pods are in scopes, and claims in those of their attribute class. */
export const isInScope = (quota: ResourceQuota, resource: GroupResource, object: KubeObject): boolean =>
  scopesOf(quota).every((scope) => isIn(scope, resource, object));

/** The scopes of a quota, however it says them. */
export const scopesOf = ({ spec }: ResourceQuota): ScopedResourceSelectorRequirement[] => [
  ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
  ...(spec.scopeSelector?.matchExpressions ?? []),
];

export function isIn(scope: ScopedResourceSelectorRequirement, { group, resource }: GroupResource, object: KubeObject): boolean {
  if (group === '' && resource === 'pods') return isPodIn(object as Pod, scope);
  const isClaim = group === '' && resource === 'persistentvolumeclaims';
  return isClaim && scope.scopeName === 'VolumeAttributesClass' && matches(scope, attributeClasses(object as PersistentVolumeClaim));
}

function isPodIn({ spec }: Pod, scope: ScopedResourceSelectorRequirement): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return qosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(spec) !== 'BestEffort';
    case 'PriorityClass':
      return matches(scope, spec.priorityClassName ? [spec.priorityClassName] : []);
    case 'CrossNamespacePodAffinity':
      return affinityTerms(spec).some(({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector);
    default:
      return false;
  }
}

function matches({ operator, values = [] }: ScopedResourceSelectorRequirement, has: readonly string[]): boolean {
  const isOneOf = has.some((name) => values.includes(name));
  switch (operator) {
    case 'In':
      return isOneOf;
    case 'NotIn':
      return has.length === 0 || has.some((name) => !values.includes(name));
    case 'Exists':
      return has.length > 0;
    default:
      return has.length === 0;
  }
}

function affinityTerms({ affinity = {} }: PodSpec): PodAffinityTerm[] {
  return [affinity.podAffinity, affinity.podAntiAffinity].flatMap((part) => [
    ...(part?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(part?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
}
