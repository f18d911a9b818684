/** Whether rules go beyond others: nobody grants more than they hold (rbac's rule validation, v1.34). */
import type { PolicyRule } from '@t8s/api';
import { urlMatches } from './url-match.ts';

/** What of `wanted` is not held: each a rule for one verb on one thing. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(singleRules).filter((single) => !held.some((rule) => covers(rule, single)));
}

/** A rule as rules for one verb on one thing each. */
function singleRules({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): PolicyRule[] {
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  const things: Omit<PolicyRule, 'verbs'>[] = [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((name) => ({ apiGroups: [group], resources: [resource], ...(name !== undefined && { resourceNames: [name] }) })),
      ),
    ),
    ...nonResourceURLs.map((url) => ({ nonResourceURLs: [url] })),
  ];
  return things.flatMap((thing) => verbs.map((verb) => ({ ...thing, verbs: [verb] })));
}

/** `single` is for one verb on one thing. */
function covers(rule: PolicyRule, single: PolicyRule): boolean {
  if (!includes(rule.verbs, single.verbs[0])) return false;
  const [url] = single.nonResourceURLs ?? [];
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some((held) => urlMatches(held, url));
  const [name] = single.resourceNames ?? [];
  const names = rule.resourceNames ?? [];
  return (
    includes(rule.apiGroups, single.apiGroups?.[0]) &&
    resourceCovered(rule.resources, single.resources?.[0]) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

const includes = (values: readonly string[] = [], value = ''): boolean => values.includes('*') || values.includes(value);

function resourceCovered(resources: readonly string[] = [], resource = ''): boolean {
  if (includes(resources, resource)) return true;
  const [, subresource] = resource.split('/');
  return subresource !== undefined && resources.includes(`*/${subresource}`);
}

/** Rules for one verb each, joined where they are about the same thing. */
export function joinRules(singles: readonly PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule>();
  for (const single of singles) {
    const { verbs, ...thing } = single;
    // Paths are not joined.
    const key = thing.nonResourceURLs ? JSON.stringify(single) : JSON.stringify(thing);
    const known = joined.get(key);
    joined.set(key, { ...thing, verbs: [...(known?.verbs ?? []), ...verbs.filter((verb) => !known?.verbs.includes(verb))] });
  }
  return [...joined.values()];
}

/** One line a rule, as upstream writes them. */
export const describeRules = (singles: readonly PolicyRule[]): string[] => [...new Set(joinRules(singles).map(describeRule))].sort();

function describeRule({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = Object.entries({
    APIGroups: apiGroups,
    Resources: resources,
    NonResourceURLs: nonResourceURLs,
    ResourceNames: resourceNames,
    Verbs: verbs,
  });
  return `{${parts.flatMap(([name, values = []]) => (values.length === 0 ? [] : [`${name}:${quotedList(values)}`])).join(', ')}}`;
}

/** As Go's %q shows a list. */
export const quotedList = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
