/**
 * Which names a definition may have: those that no other definition of its group has been given before (apiextensions' naming
 * controller, v1.34). Pure, so that all apiservers come to the same result.
 */
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '@t8s/api';
import { aggregate } from '@t8s/meta';
import type { Wanted } from './conditions.ts';

export interface Verdict {
  names: CustomResourceDefinitionNames;
  condition: Wanted;
}

/** `group` are all definitions of the group, this one included. */
export function judgeNames({ spec, status }: CustomResourceDefinition, group: readonly CustomResourceDefinition[]): Verdict {
  const wanted = spec.names;
  const had = status?.acceptedNames;
  const given = group.flatMap((crd) => crd.status?.acceptedNames ?? []);
  const resources = new Set(given.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular ?? '', ...shortNames]));
  const kinds = new Set(given.flatMap(({ kind, listKind }) => [kind, listKind ?? '']));
  const names: CustomResourceDefinitionNames = { ...(had ?? { plural: '', kind: '' }) };
  // The last conflict is told.
  let conflict: Pick<Wanted, 'reason' | 'message'> | undefined;
  const claim = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string>): void => {
    const name = wanted[field] ?? '';
    if (name !== (had?.[field] ?? '') && used.has(name))
      conflict = { reason: reasons[field], message: `${JSON.stringify(name)} is already in use` };
    else if (name !== '') names[field] = name;
  };
  claim('plural', resources);
  claim('singular', resources);
  const taken = (wanted.shortNames ?? []).filter((name) => !had?.shortNames?.includes(name) && resources.has(name));
  if (taken.length > 0)
    conflict = { reason: 'ShortNamesConflict', message: aggregate(taken.map((name) => `${JSON.stringify(name)} is already in use`)) };
  else set(names, 'shortNames', wanted.shortNames);
  claim('kind', kinds);
  claim('listKind', kinds);
  set(names, 'categories', wanted.categories);
  const condition = conflict
    ? { type: 'NamesAccepted', status: 'False', ...conflict }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  return { names, condition };
}

const reasons = { plural: 'PluralConflict', singular: 'SingularConflict', kind: 'KindConflict', listKind: 'ListKindConflict' } as const;

function set(names: CustomResourceDefinitionNames, field: 'shortNames' | 'categories', value: string[] | undefined): void {
  if (value) names[field] = value;
  else delete names[field];
}
