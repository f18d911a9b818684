/** What a role allows: rbac's ValidatePolicyRule. */
import { type FieldError, invalidValue, required } from '@t8s/meta';
import type { PolicyRule } from '../generated/types.ts';
import type { ListType } from '../kind.ts';

const atomic: ListType = { listType: 'atomic' };

export const policyRuleLists: Record<string, ListType> = {
  'PolicyRule.apiGroups': atomic,
  'PolicyRule.nonResourceURLs': atomic,
  'PolicyRule.resourceNames': atomic,
  'PolicyRule.resources': atomic,
  'PolicyRule.verbs': atomic,
};

export function validatePolicyRules(rules: readonly PolicyRule[] | undefined, { namespaced }: { namespaced: boolean }): FieldError[] {
  return (rules ?? []).flatMap((rule, i) => validateRule(rule, namespaced, `rules[${i}]`));
}

function validateRule(rule: PolicyRule, namespaced: boolean, path: string): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors = verbs.length === 0 ? [required(`${path}.verbs`, 'verbs must contain at least one value')] : [];
  if (nonResourceURLs.length > 0) {
    const at = `${path}.nonResourceURLs`;
    if (namespaced) errors.push(invalidValue(at, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      errors.push(invalidValue(at, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
    return errors;
  }
  if (apiGroups.length === 0) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}
