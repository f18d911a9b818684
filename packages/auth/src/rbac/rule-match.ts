/** Whether a rule of a role allows a request (rbac's RuleAllows, v1.34). */
import type { PolicyRule } from '@t8s/api';
import type { Attributes, ResourceAttributes } from './attributes.ts';

const any = '*';

export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!holds(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes) return (rule.nonResourceURLs ?? []).some((url) => urlMatches(url, attributes.path));
  const { group, name } = attributes;
  const { resourceNames = [] } = rule;
  return (
    holds(rule.apiGroups, group) &&
    resourceMatches(rule.resources, attributes) &&
    (resourceNames.length === 0 || resourceNames.includes(name))
  );
}

const holds = (values: readonly string[] = [], value: string): boolean => values.includes(any) || values.includes(value);

/** `pods/log` is one resource; the scale of all is named by a star before the slash. */
function resourceMatches(resources: readonly string[] = [], { resource, subresource }: ResourceAttributes): boolean {
  if (subresource === '') return holds(resources, resource);
  return holds(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

/** A path, or the beginning of paths: `/healthz/*`. */
export function urlMatches(url: string, path: string): boolean {
  return url === any || url === path || (url.endsWith(any) && path.startsWith(url.slice(0, -1)));
}
