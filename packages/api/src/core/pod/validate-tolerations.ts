/** Tolerations of a pod; node taints share the effects. */
import { type FieldError, invalidValue, isLabelValue, notSupported } from '@t8s/meta';
import { each, labelName, optionalOneOf } from '../../field-checks.ts';
import type { Toleration } from '../../generated/types.ts';

export const taintEffects = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];

export function validateTolerations(tolerations: readonly Toleration[] | undefined, path: string): FieldError[] {
  return each(tolerations, ({ key = '', operator = '', value = '', effect = '', tolerationSeconds }, i) => {
    const at = `${path}[${i}]`;
    const errors = key === '' ? [] : labelName(`${at}.key`, key);
    if (key === '' && operator !== 'Exists')
      errors.push(
        invalidValue(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.push(invalidValue(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === 'Equal' || operator === '') {
      const messages = isLabelValue(value);
      if (messages.length > 0) errors.push(invalidValue(`${at}.operator`, value, messages.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') errors.push(invalidValue(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else {
      errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    }
    if (effect !== '') errors.push(...optionalOneOf(`${at}.effect`, effect, taintEffects));
    return errors;
  });
}
