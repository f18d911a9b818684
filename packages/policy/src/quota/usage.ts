/** What an object counts for against quotas (core's quota evaluators, v1.34). */

import type { PersistentVolumeClaim, Pod, Service } from '@t8s/api';
import type { GroupResource, KubeObject } from '@t8s/meta';
import { type Amounts, one } from './amounts.ts';
import { claimUsage, isClaimName } from './claim-usage.ts';
import { isPodName, podUsage } from './pod-usage.ts';
import { isServiceName, serviceUsage } from './service-usage.ts';

interface Evaluator {
  /** `now` in milliseconds. */
  usage(object: KubeObject, now: number): Amounts;
  measures(name: string): boolean;
}

/** `count/pods`, `count/deployments.apps`. */
export const countName = ({ group, resource }: GroupResource): string => `count/${resource}${group === '' ? '' : `.${group}`}`;

/** Core resources that quotas knew by name before they could count any. */
const named = new Set(['configmaps', 'secrets', 'resourcequotas', 'replicationcontrollers']);

const evaluators: Readonly<Record<string, Evaluator>> = {
  '/pods': { usage: (object, now) => podUsage(object as Pod, now), measures: isPodName },
  '/services': { usage: (object) => serviceUsage(object as Service), measures: isServiceName },
  '/persistentvolumeclaims': { usage: (object) => claimUsage(object as PersistentVolumeClaim), measures: isClaimName },
};

function evaluatorOf(resource: GroupResource): Evaluator {
  const names = [countName(resource), ...(resource.group === '' && named.has(resource.resource) ? [resource.resource] : [])];
  const usage = Object.fromEntries(names.map((name) => [name, one]));
  return evaluators[`${resource.group}/${resource.resource}`] ?? { usage: () => usage, measures: (name) => name in usage };
}

/** `now` in milliseconds: pods that should be gone no longer count. */
export const usageOf = (resource: GroupResource, object: KubeObject, now: number): Amounts => evaluatorOf(resource).usage(object, now);

/** Of the names in a quota those that objects of a resource count for. */
export function measuredNames(resource: GroupResource, names: readonly string[]): string[] {
  const evaluator = evaluatorOf(resource);
  return names.filter((name) => evaluator.measures(name));
}
