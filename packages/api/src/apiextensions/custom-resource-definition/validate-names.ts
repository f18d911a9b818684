import { type FieldError, invalidValue, isDns1035Label } from '@t8s/meta';
import type { CustomResourceDefinitionNames } from '../../generated/types.ts';

/** What names may look like, wanted or accepted ones; which must be there is asked elsewhere. */
export function validateNames(names: Partial<CustomResourceDefinitionNames> = {}, path: string): FieldError[] {
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names;
  return [
    ...label(`${path}.plural`, plural),
    ...label(`${path}.singular`, singular),
    ...mixedCase(`${path}.kind`, kind),
    ...mixedCase(`${path}.listKind`, listKind),
    ...shortNames.flatMap((name, i) => label(`${path}.shortNames[${i}]`, name, true)),
    ...(kind && kind === listKind ? [invalidValue(`${path}.listKind`, listKind, 'kind and listKind may not be the same')] : []),
    ...categories.flatMap((name, i) => label(`${path}.categories[${i}]`, name, true)),
  ];
}

function label(path: string, value = '', isNeeded = false): FieldError[] {
  const problems = value === '' && !isNeeded ? [] : isDns1035Label(value);
  return problems.length > 0 ? [invalidValue(path, value, problems.join(','))] : [];
}

function mixedCase(path: string, value = ''): FieldError[] {
  const problems = value === '' ? [] : isDns1035Label(value.toLowerCase());
  return problems.length > 0 ? [invalidValue(path, value, `may have mixed case, but should otherwise match: ${problems.join(',')}`)] : [];
}
