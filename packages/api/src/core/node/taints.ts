import { duplicate, type FieldError, invalidValue, isLabelValue } from '@t8s/meta';
import { labelName, oneOf } from '../../field-checks.ts';
import type { Taint } from '../../generated/types.ts';

/** Taints are told apart by key and effect together. */
export function validateTaints(taints: readonly Taint[], path: string): FieldError[] {
  return taints.flatMap((taint, i) => {
    const { key, value = '', effect } = taint;
    const messages = isLabelValue(value);
    const first = taints.findIndex((other) => other.key === key && other.effect === effect);
    return [
      ...labelName(`${path}[${i}].key`, key),
      ...(messages.length === 0 ? [] : [invalidValue(`${path}[${i}].value`, value, messages.join(';'))]),
      ...oneOf(`${path}[${i}].effect`, effect, ['NoExecute', 'NoSchedule', 'PreferNoSchedule']),
      ...(first < i ? [{ ...duplicate(`${path}[${i}]`, taint), detail: 'taints must be unique by key and effect pair' }] : []),
    ];
  });
}
