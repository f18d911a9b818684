/** CEL conditions under which a webhook or a policy applies (KEP-3716): the form of the list. */
import { duplicate, type FieldError, required, tooMany } from '@t8s/meta';
import { labelName, requiredText } from '../field-checks.ts';
import type { MatchCondition } from '../generated/types.ts';

const most = 64;

export function validateMatchConditions(conditions: readonly MatchCondition[] = [], path: string): FieldError[] {
  const names = conditions.map(({ name }) => name ?? '');
  return [
    ...(conditions.length > most ? [tooMany(path, conditions.length, most)] : []),
    ...conditions.flatMap(({ expression = '' }, i) => {
      const name = names[i] ?? '';
      return [
        ...requiredText(`${path}[${i}].expression`, expression.trim()),
        ...(name === '' ? [required(`${path}[${i}].name`)] : labelName(`${path}[${i}].name`, name)),
        ...(name !== '' && names.indexOf(name) < i ? [duplicate(`${path}[${i}].name`, name)] : []),
      ];
    }),
  ];
}
