/** Amounts that are no whole number of bytes. */
import { parseQuantity } from '@t8s/meta';
import { each } from '../../field-checks.ts';

const counted = ['memory', 'ephemeral-storage'];

export function fractions(list: Record<string, string> | undefined, path: string, names: readonly string[] = counted): string[] {
  if (list === undefined) return [];
  return each(names, (name) => {
    const text = list[name];
    return text !== undefined && parseQuantity(text).nano % 1_000_000_000n !== 0n
      ? [`${path}[${name}]: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`]
      : [];
  });
}
