/** core's ValidateLimitRange (v1.34). */
import { duplicate, type FieldError, forbiddenField, invalidValue, isQualifiedName, parseQuantity, type Quantity } from '@t8s/meta';
import { invalidBy } from '../../field-checks.ts';
import type { LimitRange, LimitRangeItem } from '../../generated/types.ts';
import { isOvercommitAllowed, validateContainerResourceName, validateResourceName } from '../../resource-names.ts';

export function validateLimitRange({ spec: { limits = [] } }: LimitRange): FieldError[] {
  return limits.flatMap((limit, i) => [
    ...validateType(limit.type ?? '', `spec.limits[${i}].type`),
    ...(limits.findIndex(({ type }) => type === limit.type) < i ? [duplicate(`spec.limits[${i}].type`, limit.type)] : []),
    ...validateItem(limit, `spec.limits[${i}]`),
  ]);
}

function validateType(type: string, path: string): FieldError[] {
  const errors = invalidBy(path, type, isQualifiedName(type));
  if (errors.length > 0 || type.includes('/') || ['Container', 'PersistentVolumeClaim', 'Pod'].includes(type)) return errors;
  return [invalidValue(path, type, 'must be a standard limit type or fully qualified')];
}

function validateItem(limit: LimitRangeItem, path: string): FieldError[] {
  const isPod = limit.type === 'Pod';
  const checkName = isPod || limit.type === 'Container' ? validateContainerResourceName : validateResourceName;
  const fields = ['max', 'min', ...(isPod ? [] : (['default', 'defaultRequest'] as const)), 'maxLimitRequestRatio'] as const;
  const forbidden = isPod ? (['default', 'defaultRequest'] as const).filter((field) => Object.keys(limit[field] ?? {}).length > 0) : [];
  const names = new Set(fields.flatMap((field) => Object.keys(limit[field] ?? {})));
  return [
    ...fields.flatMap((field) => Object.keys(limit[field] ?? {}).flatMap((name) => checkName(name, `${path}.${field}[${name}]`))),
    ...forbidden.map((field) => forbiddenField(`${path}.${field}`, "may not be specified when `type` is 'Pod'")),
    ...[...names].sort().flatMap((name) => validateAmounts(isPod ? withoutDefaults(limit) : limit, name, path)),
  ];
}

const withoutDefaults = ({ default: _, defaultRequest: __, ...limit }: LimitRangeItem): LimitRangeItem => limit;

/** min ≤ default request ≤ default ≤ max, each as far as it is given. */
function validateAmounts(limit: LimitRangeItem, name: string, path: string): FieldError[] {
  const min = amount(limit.min?.[name]);
  const max = amount(limit.max?.[name]);
  const limitDefault = amount(limit.default?.[name]);
  const request = amount(limit.defaultRequest?.[name]);
  const ratio = amount(limit.maxLimitRequestRatio?.[name]);
  const errors: FieldError[] = [];
  const exceeds = (low: Quantity | undefined, high: Quantity | undefined): boolean =>
    low !== undefined && high !== undefined && low.compare(high) > 0;
  const say = (field: keyof LimitRangeItem, value: Quantity | undefined, message: string): void => {
    errors.push(invalidValue(`${path}.${field}[${name}]`, `${value}`, message));
  };
  if (exceeds(min, max)) say('min', min, `min value ${min} is greater than max value ${max}`);
  if (exceeds(min, request)) say('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  if (exceeds(request, max)) say('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  if (exceeds(request, limitDefault))
    say('defaultRequest', request, `default request value ${request} is greater than default limit value ${limitDefault}`);
  if (exceeds(min, limitDefault)) say('default', min, `min value ${min} is greater than default value ${limitDefault}`);
  if (exceeds(limitDefault, max)) say('default', max, `default value ${limitDefault} is greater than max value ${max}`);
  if (ratio && ratio.nano < 1_000_000_000n) say('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
  if (ratio && min && max) {
    const most = Number(max.nano) / Number(min.nano);
    if (Number(ratio.nano) / 1e9 > most) say('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`);
  }
  if (!isOvercommitAllowed(name) && limitDefault && request && limitDefault.compare(request) !== 0)
    say('defaultRequest', request, `default value ${limitDefault} must equal to defaultRequest value ${request} in ${name}`);
  return errors;
}

const amount = (text: string | undefined): Quantity | undefined => (text === undefined ? undefined : parseQuantity(text));
