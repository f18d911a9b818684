import type { ListType } from '../kind.ts';

/** How lists of admission policies and their bindings merge. */
export const policyLists: Readonly<Record<string, ListType>> = {
  ...Object.fromEntries(
    ['apiGroups', 'apiVersions', 'operations', 'resourceNames', 'resources'].map((field) => [
      `NamedRuleWithOperations.${field}`,
      { listType: 'atomic' as const },
    ]),
  ),
  'MatchResources.resourceRules': { listType: 'atomic' },
  'MatchResources.excludeResourceRules': { listType: 'atomic' },
  'TypeChecking.expressionWarnings': { listType: 'atomic' },
  'ValidatingAdmissionPolicyBindingSpec.validationActions': { listType: 'set' },
  'ValidatingAdmissionPolicySpec.auditAnnotations': { listType: 'atomic' },
  'ValidatingAdmissionPolicySpec.matchConditions': { mergeKey: 'name', listType: 'map', mapKeys: ['name'] },
  'ValidatingAdmissionPolicySpec.validations': { listType: 'atomic' },
  'ValidatingAdmissionPolicySpec.variables': { mergeKey: 'name', listType: 'map', mapKeys: ['name'] },
  'ValidatingAdmissionPolicyStatus.conditions': { listType: 'map', mapKeys: ['type'] },
};
