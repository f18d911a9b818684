/** flowcontrol's ValidatePriorityLevelConfiguration (v1.34). */
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '@t8s/meta';
import { inRange } from '../../field-checks.ts';
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  QueuingConfiguration,
} from '../../generated/types.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { validateConditions } from '../conditions.ts';
import { mandatoryPriorityLevels } from '../mandatory.ts';

export function validatePriorityLevel(level: PriorityLevelConfiguration): FieldError[] {
  return [...validateSpec(level), ...validateFixed(level), ...validateConditions(level)];
}

/** Of the exempt level, how much it lends may be set. */
function validateFixed({ metadata: { name = '' }, spec }: PriorityLevelConfiguration): FieldError[] {
  const fixed = mandatoryPriorityLevels[name];
  if (fixed === undefined) return [];
  if (name !== 'exempt')
    return semanticEqual(spec, fixed) ? [] : [invalidValue('spec', spec, `spec of '${name}' must equal the fixed value`)];
  return semanticEqual({ ...spec, exempt: undefined }, { ...fixed, exempt: undefined })
    ? []
    : [invalidValue('spec', spec, `spec of '${name}' except the 'spec.exempt' field must equal the fixed value`)];
}

function validateSpec({ metadata: { name }, spec }: PriorityLevelConfiguration): FieldError[] {
  const { type = '', limited, exempt } = spec;
  const errors =
    (name === 'exempt') === (type === 'Exempt')
      ? []
      : [invalidValue('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'")];
  switch (type) {
    case 'Exempt':
      if (limited) errors.push(forbiddenField('spec.limited', 'must be nil if the type is not Limited'));
      return exempt ? [...errors, ...validateExempt(exempt)] : errors;
    case 'Limited':
      if (exempt) errors.push(forbiddenField('spec.exempt', 'must be nil if the type is Limited'));
      return [...errors, ...(limited ? validateLimited(limited) : [required('spec.limited', 'must not be empty when type is Limited')])];
    default:
      return [...errors, notSupported('spec.type', type, ['Exempt', 'Limited'])];
  }
}

const notNegative = (path: string, value: number | undefined, message = 'must be a non-negative integer'): FieldError[] =>
  value !== undefined && value < 0 ? [invalidValue(path, value, message)] : [];

function validateExempt({ nominalConcurrencyShares, lendablePercent }: ExemptPriorityLevelConfiguration): FieldError[] {
  return [
    ...notNegative('spec.exempt.nominalConcurrencyShares', nominalConcurrencyShares),
    ...inRange('spec.exempt.lendablePercent', lendablePercent, 0, 100),
  ];
}

function validateLimited(limited: LimitedPriorityLevelConfiguration): FieldError[] {
  const { nominalConcurrencyShares, lendablePercent, borrowingLimitPercent, limitResponse } = limited;
  const path = 'spec.limited';
  return [
    ...notNegative(`${path}.nominalConcurrencyShares`, nominalConcurrencyShares),
    ...validateResponse(limitResponse, `${path}.limitResponse`),
    ...inRange(`${path}.lendablePercent`, lendablePercent, 0, 100),
    ...notNegative(`${path}.borrowingLimitPercent`, borrowingLimitPercent, 'if specified, must be a non-negative integer'),
  ];
}

function validateResponse({ type, queuing }: LimitResponse = { type: '' }, path: string): FieldError[] {
  const at = `${path}.queuing`;
  switch (type) {
    case 'Reject':
      return queuing ? [forbiddenField(at, 'must be nil if limited.limitResponse.type is not Limited')] : [];
    case 'Queue':
      return queuing ? validateQueuing(queuing, at) : [required(at, 'must not be empty if limited.limitResponse.type is Limited')];
    default:
      return [notSupported(`${path}.type`, type ?? '', ['Queue', 'Reject'])];
  }
}

const mostQueues = 10_000_000;
const hashBits = 60;

/** A hand of queues is dealt from one hash: it must have bits enough. */
function validateQueuing({ queueLengthLimit = 0, queues = 0, handSize = 0 }: QueuingConfiguration, path: string): FieldError[] {
  const positive = (field: string, value: number): FieldError[] =>
    value > 0 ? [] : [invalidValue(`${path}.${field}`, value, 'must be positive')];
  const errors = [...positive('queueLengthLimit', queueLengthLimit), ...positive('queues', queues)];
  if (queues > mostQueues) errors.push(invalidValue(`${path}.queues`, queues, `must not be greater than ${mostQueues}`));
  errors.push(...positive('handSize', handSize));
  if (handSize <= 0) return errors;
  if (handSize > queues) return [...errors, invalidValue(`${path}.handSize`, handSize, `should not be greater than queues (${queues})`)];
  return Math.ceil(Math.log2(queues) * handSize) <= hashBits
    ? errors
    : [
        ...errors,
        invalidValue(
          `${path}.handSize`,
          handSize,
          `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${hashBits}`,
        ),
      ];
}
