/** Node affinity, pod affinity and anti-affinity. */
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  type LabelSelector,
  required,
} from '@t8s/meta';
import { invalidBy, labelName } from '../../field-checks.ts';
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from '../../generated/types.ts';
import { validateLabelSelector } from '../../label-selector.ts';

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const needed = nodeAffinity?.[requiredTerms];
  if (needed) errors.push(...validateNodeSelector(needed, `${path}.nodeAffinity.${requiredTerms}`));
  for (const [i, { weight, preference }] of (nodeAffinity?.[preferredTerms] ?? []).entries()) {
    const at = `${path}.nodeAffinity.${preferredTerms}[${i}]`;
    errors.push(...validateWeight(weight, at), ...validateNodeSelectorTerm(preference, true, `${at}.preference`));
  }
  if (podAffinity) errors.push(...validatePodAffinity(podAffinity, `${path}.podAffinity`));
  if (podAntiAffinity) errors.push(...validatePodAffinity(podAntiAffinity, `${path}.podAntiAffinity`));
  return errors;
}

export function validateNodeSelector({ nodeSelectorTerms = [] }: NodeSelector, path: string): FieldError[] {
  const at = `${path}.nodeSelectorTerms`;
  if (nodeSelectorTerms.length === 0) return [required(at, 'must have at least one node selector term')];
  return nodeSelectorTerms.flatMap((term, i) => validateNodeSelectorTerm(term, false, `${at}[${i}]`));
}

/** `anyValue`: a preference may name values that no label can have; it is then never met. */
function validateNodeSelectorTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  anyValue: boolean,
  path: string,
): FieldError[] {
  return [
    ...matchExpressions.flatMap((requirement, i) => validateExpression(requirement, anyValue, `${path}.matchExpressions[${i}]`)),
    ...matchFields.flatMap((requirement, i) => validateFieldRequirement(requirement, `${path}.matchFields[${i}]`)),
  ];
}

function validateExpression(
  { key = '', operator = '', values = [] }: NodeSelectorRequirement,
  anyValue: boolean,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  errors.push(...labelName(`${path}.key`, key));
  if (!anyValue) errors.push(...values.flatMap((value, i) => invalidBy(`${path}.values[${i}]`, value, isLabelValue(value))));
  return errors;
}

function validateFieldRequirement({ key = '', operator = '', values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'));
  else if (values.length !== 1)
    errors.push(required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  if (key !== 'metadata.name') return [...errors, invalidValue(`${path}.key`, key, 'not a valid field selector key')];
  return [...errors, ...values.flatMap((value, i) => invalidBy(`${path}.values[${i}]`, value, isDns1123Subdomain(value)))];
}

function validatePodAffinity(affinity: PodAffinity, path: string): FieldError[] {
  return [
    ...(affinity[requiredTerms] ?? []).flatMap((term, i) => validatePodAffinityTerm(term, `${path}.${requiredTerms}[${i}]`)),
    ...(affinity[preferredTerms] ?? []).flatMap(({ weight, podAffinityTerm }, i) => [
      ...validateWeight(weight, `${path}.${preferredTerms}[${i}]`),
      ...validatePodAffinityTerm(podAffinityTerm, `${path}.${preferredTerms}[${i}].podAffinityTerm`),
    ]),
  ];
}

function validateWeight(weight: number, path: string): FieldError[] {
  return weight < 1 || weight > 100 ? [invalidValue(`${path}.weight`, weight, 'must be in the range 1-100')] : [];
}

function validatePodAffinityTerm(term: PodAffinityTerm, path: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  return [
    ...validateLabelSelector(labelSelector, `${path}.labelSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...namespaces.flatMap((name) => invalidBy(`${path}.namespace`, name, isDns1123Label(name))),
    ...validateLabelKeys(matchLabelKeys, labelSelector, `${path}.matchLabelKeys`),
    ...validateLabelKeys(mismatchLabelKeys, labelSelector, `${path}.mismatchLabelKeys`),
    ...keysAlsoSelected(matchLabelKeys, labelSelector, path),
    ...matchLabelKeys.flatMap((key, i) =>
      mismatchLabelKeys.includes(key)
        ? [invalidValue(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
        : [],
    ),
    ...(topologyKey === '' ? [required(`${path}.topologyKey`, 'can not be empty')] : []),
    ...labelName(`${path}.topologyKey`, topologyKey),
  ];
}

export function validateLabelKeys(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  if (keys.length === 0) return [];
  if (selector === undefined) return [forbiddenField(path, 'must not be specified when labelSelector is not set')];
  return keys.flatMap((key, i) => labelName(`${path}[${i}]`, key));
}

/** Keys the user selects by himself too. The create has already added one expression for each key: a second mention is the user's. */
export function keysAlsoSelected(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}));
  return (selector?.matchExpressions ?? []).flatMap(({ key }) => {
    const index = keys.indexOf(key);
    const twice = index >= 0 && seen.has(key);
    seen.add(key);
    return twice ? [invalidValue(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector')] : [];
  });
}
