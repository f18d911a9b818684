import { duplicate, type FieldError, invalidValue, isLabelValue } from '@t8s/meta';
import { labelName, oneOf } from '../../field-checks.ts';
import type { Taint } from '../../generated/types.ts';
import { repeats } from '../../repeats.ts';

/** Taints are told apart by key and effect together. */
export function validateTaints(taints: readonly Taint[], path: string): FieldError[] {
  const repeated = repeats(taints, ({ key, effect }) => `${key} ${effect}`);
  return taints.flatMap((taint, i) => {
    const { key, value = '', effect } = taint;
    const messages = isLabelValue(value);
    return [
      ...labelName(`${path}[${i}].key`, key),
      ...(messages.length === 0 ? [] : [invalidValue(`${path}[${i}].value`, value, messages.join(';'))]),
      ...oneOf(`${path}[${i}].effect`, effect, ['NoExecute', 'NoSchedule', 'PreferNoSchedule']),
      ...(repeated[i] ? [{ ...duplicate(`${path}[${i}]`, taint), detail: 'taints must be unique by key and effect pair' }] : []),
    ];
  });
}
