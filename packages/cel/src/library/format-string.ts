import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { evaluationError } from '../cel-error.ts';
import { formatRfc3339 } from './timestamps.ts';

const clause = /%(?:\.(\d+))?([%a-zA-Z])/g;

/** `'%s is %.2f'.format([…])`: the clauses s, d, f, e, b, x, X and o. Throws CelError where they don't fit the arguments. */
export function format(text: string, args: readonly unknown[]): string {
  let used = 0;
  return text.replace(clause, (whole, precision: string | undefined, verb: string) => {
    if (whole === '%%') return '%';
    if (used >= args.length) throw evaluationError(`index ${used} out of range`);
    return formatOne(verb, args[used++], precision === undefined ? 6 : Number(precision));
  });
}

function formatOne(verb: string, value: unknown, precision: number): string {
  if (verb === 's') return asText(value);
  if (verb === 'd' && isWhole(value)) return `${value}`;
  if (verb === 'f' && isNumber(value)) return special(Number(value)) ?? Number(value).toFixed(precision);
  if (verb === 'e' && isNumber(value)) return special(Number(value)) ?? exponent(Number(value).toExponential(precision));
  if (verb === 'b' && typeof value === 'boolean') return value ? '1' : '0';
  if (verb === 'b' && isWhole(value)) return value.valueOf().toString(2);
  if (verb === 'o' && isWhole(value)) return value.valueOf().toString(8);
  if (verb === 'x' || verb === 'X') {
    const hex =
      typeof value === 'string' || value instanceof Uint8Array ? Buffer.from(value).toString('hex') : whole(value, verb).toString(16);
    return verb === 'X' ? hex.toUpperCase() : hex;
  }
  throw evaluationError(`error during formatting: unrecognized formatting clause "${verb}"`);
}

function whole(value: unknown, verb: string): bigint {
  if (!isWhole(value))
    throw evaluationError(`error during formatting: only integers, byte buffers, and strings can be formatted as hex, was given ${verb}`);
  return value.valueOf();
}

const isWhole = (value: unknown): value is bigint | UnsignedInt => typeof value === 'bigint' || value instanceof UnsignedInt;
const isNumber = (value: unknown): value is number | bigint | UnsignedInt => typeof value === 'number' || isWhole(value);
/** Go writes at least two digits. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

function special(value: number): string | undefined {
  if (Number.isFinite(value)) return undefined;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return special(value)?.replace('∞', 'Infinity') ?? `${value}`;
  if (typeof value !== 'object' || value === null) return `${value}`;
  if (value instanceof Date) return formatRfc3339(value);
  if (value instanceof Duration) return `${value}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return `[${value.map(asText).join(', ')}]`;
  const entries = value instanceof Map ? [...value] : Object.getPrototypeOf(value) === Object.prototype ? Object.entries(value) : undefined;
  if (!entries) return `${value}`;
  const texts = entries.map(([key, entry]) => `${asText(key)}: ${asText(entry)}`);
  return `{${texts.sort().join(', ')}}`;
}
