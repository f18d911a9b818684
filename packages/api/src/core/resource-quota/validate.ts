/** core's ValidateResourceQuota (v1.34). */
import { type FieldError, invalidValue, required } from '@t8s/meta';
import type { ResourceQuota, ResourceQuotaSpec, ResourceQuotaStatus, ScopedResourceSelectorRequirement } from '../../generated/types.ts';
import { isQuotaResource, validateResourceAmount, validateResourceName } from '../../resource-names.ts';

const podCount = ['pods'];
const podAmounts = [...podCount, 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];

/** What may be limited within each scope. */
const scopes: Record<string, readonly string[]> = {
  Terminating: podAmounts,
  NotTerminating: podAmounts,
  BestEffort: podCount,
  NotBestEffort: podAmounts,
  PriorityClass: podAmounts,
  CrossNamespacePodAffinity: podAmounts,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};
const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

export function validateResourceQuota({ spec, status }: ResourceQuota): FieldError[] {
  return [...validateSpec(spec), ...validateAmountsOf(status ?? {})];
}

export function validateResourceQuotaUpdate({ spec }: ResourceQuota, old: ResourceQuota): FieldError[] {
  const key = (quota: ResourceQuota['spec']): string => [...new Set(quota.scopes)].sort().join();
  return [
    ...validateSpec(spec),
    ...(key(spec) === key(old.spec) ? [] : [invalidValue('spec.scopes', spec.scopes ?? null, 'field is immutable')]),
  ];
}

export const validateResourceQuotaStatus = ({ status = {} }: ResourceQuota): FieldError[] => validateAmountsOf(status);

const validateAmountsOf = ({ hard, used }: ResourceQuotaStatus): FieldError[] => [
  ...validateAmounts(hard, 'status.hard'),
  ...validateAmounts(used, 'status.used'),
];

function validateSpec(spec: ResourceQuotaSpec): FieldError[] {
  return [...validateAmounts(spec.hard, 'spec.hard'), ...validateScopes(spec), ...validateSelector(spec)];
}

function validateAmounts(amounts: Readonly<Record<string, string>> = {}, path: string): FieldError[] {
  return Object.entries(amounts).flatMap(([name, text]) => {
    const at = `${path}[${name}]`;
    const foreign = !name.includes('/') && !isQuotaResource(name);
    return [
      ...validateResourceName(name, at),
      ...(foreign ? [invalidValue(at, name, 'must be a standard resource for quota')] : []),
      ...validateResourceAmount(name, text, at),
    ];
  });
}

function validateScopes(spec: ResourceQuotaSpec): FieldError[] {
  const { scopes: chosen = [] } = spec;
  const say = (message: string): FieldError => invalidValue('spec.scopes', chosen, message);
  return [
    ...chosen.flatMap((scope) => [
      ...(scopes[scope] ? [] : [say('unsupported scope')]),
      ...outside(scope, spec).map(() => say('unsupported scope applied to resource')),
    ]),
    ...conflicts(chosen).map(() => say('conflicting scopes')),
  ];
}

/** Standard resources that the quota limits though the scope has none of them. */
function outside(scope: string, { hard = {} }: ResourceQuotaSpec): string[] {
  const inside = scopes[scope];
  return inside ? Object.keys(hard).filter((name) => isQuotaResource(name) && !inside.includes(name)) : [];
}

const conflicts = (chosen: readonly string[]): unknown[] => opposites.filter((pair) => pair.every((scope) => chosen.includes(scope)));

function validateSelector(spec: ResourceQuotaSpec): FieldError[] {
  const { scopeSelector } = spec;
  if (!scopeSelector) return [];
  const path = 'spec.scopeSelector.matchExpressions';
  const { matchExpressions = [] } = scopeSelector;
  return [
    ...matchExpressions.flatMap((requirement) => [
      ...(scopes[requirement.scopeName] ? [] : [invalidValue(`${path}.scopeName`, requirement.scopeName ?? '', 'unsupported scope')]),
      ...outside(requirement.scopeName, spec).map(() => invalidValue(path, scopeSelector, 'unsupported scope applied to resource')),
      ...validateRequirement(requirement, path),
    ]),
    ...conflicts(matchExpressions.map(({ scopeName }) => scopeName)).map(() =>
      invalidValue(path, spec.scopes ?? null, 'conflicting scopes'),
    ),
  ];
}

const valueless = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];

function validateRequirement({ scopeName, operator = '', values = [] }: ScopedResourceSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (valueless.includes(scopeName) && operator !== 'Exists')
    errors.push(
      invalidValue(
        `${path}.operator`,
        operator,
        "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      ),
    );
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.push(required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(
          invalidValue(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"),
        );
      break;
    default:
      errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  return errors;
}
