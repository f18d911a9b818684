/** Topology spread constraints (KEP-895, KEP-3022, KEP-3243). */
import { duplicate, type FieldError, invalidValue, required } from '@t8s/meta';
import { optionalOneOf } from '../../field-checks.ts';
import type { TopologySpreadConstraint } from '../../generated/types.ts';
import { validateLabelSelector } from '../../label-selector.ts';
import { keysAlsoSelected, validateLabelKeys } from './validate-affinity.ts';

export function validateTopologySpread(constraints: readonly TopologySpreadConstraint[], path: string): FieldError[] {
  return constraints.flatMap((constraint, i) => {
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector, matchLabelKeys = [] } = constraint;
    const at = `${path}[${i}]`;
    const repeated = constraints.slice(i + 1).some((c) => c.topologyKey === topologyKey && c.whenUnsatisfiable === whenUnsatisfiable);
    return [
      ...(maxSkew > 0 ? [] : [invalidValue(`${at}.maxSkew`, maxSkew, 'must be greater than zero')]),
      ...(topologyKey === '' ? [required(`${at}.topologyKey`, 'can not be empty')] : []),
      ...optionalOneOf(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
      ...(repeated ? [duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)] : []),
      ...validateMinDomains(constraint, `${at}.minDomains`),
      ...optionalOneOf(`${at}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, ['Honor', 'Ignore']),
      ...optionalOneOf(`${at}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, ['Honor', 'Ignore']),
      ...validateLabelKeys(matchLabelKeys, labelSelector, `${at}.matchLabelKeys`),
      ...keysAlsoSelected(matchLabelKeys, labelSelector, `${at}.matchLabelKeys`),
      ...validateLabelSelector(labelSelector, `${at}.labelSelector`),
    ];
  });
}

function validateMinDomains({ minDomains, whenUnsatisfiable }: TopologySpreadConstraint, path: string): FieldError[] {
  if (minDomains === undefined) return [];
  return [
    ...(minDomains > 0 ? [] : [invalidValue(path, minDomains, 'must be greater than zero')]),
    ...(whenUnsatisfiable === 'DoNotSchedule'
      ? []
      : [invalidValue(path, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`)]),
  ];
}
