/** Which requests something applies to: rules that webhooks and admission policies share (admissionregistration's validation, v1.34). */
import { duplicate, type FieldError, invalidValue, isPathSegmentName, notSupported, required } from '@t8s/meta';
import { invalidBy, oneOf, optionalOneOf } from '../field-checks.ts';
import type { MatchResources, NamedRuleWithOperations, RuleWithOperations } from '../generated/types.ts';
import type { ListType } from '../kind.ts';
import { validateLabelSelector } from '../label-selector.ts';

export const failurePolicies = ['Fail', 'Ignore'];
export const matchPolicies = ['Equivalent', 'Exact'];
const operationsKnown = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

/** Lists of the types that are described here, for the kinds that hold them. */
export const ruleLists: Readonly<Record<string, ListType>> = Object.fromEntries(
  ['apiGroups', 'apiVersions', 'operations', 'resources'].map((field) => [`RuleWithOperations.${field}`, { listType: 'atomic' }]),
);

/** Rules apply to resources of either scope unless they say. */
export function defaultRules(rules: readonly RuleWithOperations[] = []): void {
  for (const rule of rules) rule.scope ??= '*';
}

export function defaultMatchResources(match: MatchResources): void {
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

export function validateMatchResources(match: MatchResources | undefined, path: string): FieldError[] {
  if (match === undefined) return [];
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  return [
    ...oneOf(`${path}.matchPolicy`, matchPolicy, matchPolicies),
    ...(namespaceSelector === undefined
      ? [required(`${path}.namespaceSelector`)]
      : validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`)),
    // Upstream names this field by what it holds.
    ...(objectSelector === undefined
      ? [required(`${path}.labelSelector`)]
      : validateLabelSelector(objectSelector, `${path}.labelSelector`)),
    ...resourceRules.flatMap((rule, i) => validateNamedRule(rule, `${path}.resourceRules[${i}]`)),
    ...excludeResourceRules.flatMap((rule, i) => validateNamedRule(rule, `${path}.excludeResourceRules[${i}]`)),
  ];
}

function validateNamedRule(rule: NamedRuleWithOperations, path: string): FieldError[] {
  const { resourceNames = [] } = rule;
  return [
    ...resourceNames.flatMap((name, i) => {
      const at = `${path}.resourceNames[${i}]`;
      return [...invalidBy(at, name, isPathSegmentName(name)), ...(resourceNames.indexOf(name) < i ? [duplicate(at, name)] : [])];
    }),
    ...validateRule(rule, path),
  ];
}

/** `path` is the rule's. */
export function validateRule(
  { operations = [], apiGroups = [], apiVersions = [], resources = [], scope }: RuleWithOperations,
  path: string,
): FieldError[] {
  return [
    ...listOf(operations, 'operations', `${path}.operations`),
    ...operations.flatMap((operation, i) =>
      operationsKnown.includes(operation) ? [] : [notSupported(`${path}.operations[${i}]`, operation, operationsKnown)],
    ),
    ...listOf(apiGroups, 'API groups', `${path}.apiGroups`),
    ...listOf(apiVersions, 'API versions', `${path}.apiVersions`),
    ...apiVersions.flatMap((version, i) => (version === '' ? [required(`${path}.apiVersions[${i}]`)] : [])),
    ...validateResources(resources, `${path}.resources`),
    ...optionalOneOf(`${path}.scope`, scope, ['*', 'Cluster', 'Namespaced']),
  ];
}

/** At least one, and the wildcard alone. */
function listOf(values: readonly string[], what: string, path: string): FieldError[] {
  if (values.length === 0) return [required(path)];
  return values.length > 1 && values.includes('*') ? [invalidValue(path, values, `if '*' is present, must not specify other ${what}`)] : [];
}

/** `pods`, `pods/log`, or either half a wildcard: none that another one covers already. */
function validateResources(resources: readonly string[], path: string): FieldError[] {
  if (resources.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let isPlainLast = false;
  for (const [i, text] of resources.entries()) {
    const at = `${path}[${i}]`;
    const slash = text.indexOf('/');
    if (text === '') errors.push(required(at));
    else if (slash < 0) isPlainLast = text !== '*';
    else {
      const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
      if (wholeResources.has(resource)) errors.push(invalidValue(at, text, `if '${resource}/*' is present, must not specify ${text}`));
      if (wholeSubresources.has(subresource))
        errors.push(invalidValue(at, text, `if '*/${subresource}' is present, must not specify ${text}`));
      if (subresource === '*') wholeResources.add(resource);
      if (resource === '*') wholeSubresources.add(subresource);
    }
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalidValue(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && isPlainLast)
    errors.push(invalidValue(path, resources, "if '*' is present, must not specify other resources without subresources"));
  return errors;
}
