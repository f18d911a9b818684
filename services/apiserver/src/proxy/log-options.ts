import { type FieldError, forbiddenField, invalid, invalidValue } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { readInteger } from '../query.ts';

/** Throws Invalid in the words of upstream's ValidatePodLogOptions. */
export function checkLogOptions({ query, info }: ResourceContext): void {
  const atLeast = (name: string, least: number): FieldError[] => {
    const value = readInteger(query, name);
    return value === undefined || value >= least
      ? []
      : [invalidValue(name, value, `must be greater than ${least === 0 ? 'or equal to 0' : '0'}`)];
  };
  const errors = [
    ...atLeast('tailLines', 0),
    ...atLeast('limitBytes', 1),
    ...(query.has('sinceSeconds') && query.get('sinceTime')
      ? [forbiddenField('', 'at most one of `sinceTime` or `sinceSeconds` may be specified')]
      : atLeast('sinceSeconds', 1)),
  ];
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, info.name, errors);
}
