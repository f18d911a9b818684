/**
 * resource.Quantity: a fixed-point number with a unit suffix. Written back in canonical form: no fraction, the largest
 * suffix that keeps it whole, in the family it was given in (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
 */
type Format = 'decimal' | 'binary' | 'exponent';

const binary: Record<string, bigint> = { Ki: 2n ** 10n, Mi: 2n ** 20n, Gi: 2n ** 30n, Ti: 2n ** 40n, Pi: 2n ** 50n, Ei: 2n ** 60n };
const decimal: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const nanos = 10n ** 9n;
const pattern = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d+)$/;

/** Immutable; counts in nanos (10⁻⁹), rounding away from zero what is finer, as upstream does. */
export class Quantity {
  readonly nano: bigint;
  readonly format: Format;

  constructor(nano: bigint, format: Format = 'decimal') {
    this.nano = nano;
    this.format = format;
  }

  static of(value: number, format: Format = 'decimal'): Quantity {
    return new Quantity(BigInt(value) * nanos, format);
  }

  static milli(value: number): Quantity {
    return new Quantity(BigInt(value) * 1_000_000n, 'decimal');
  }

  /** Whole units, rounded up. */
  get value(): number {
    return Number(divideUp(this.nano, nanos));
  }

  /** Thousandths, rounded up: the unit of CPU. */
  get milliValue(): number {
    return Number(divideUp(this.nano, 1_000_000n));
  }

  get isZero(): boolean {
    return this.nano === 0n;
  }

  add(other: Quantity): Quantity {
    return new Quantity(this.nano + other.nano, this.nano === 0n ? other.format : this.format);
  }

  sub(other: Quantity): Quantity {
    return new Quantity(this.nano - other.nano, this.nano === 0n ? other.format : this.format);
  }

  compare(other: Quantity): -1 | 0 | 1 {
    return this.nano < other.nano ? -1 : this.nano > other.nano ? 1 : 0;
  }

  toString(): string {
    const sign = this.nano < 0n ? '-' : '';
    const magnitude = this.nano < 0n ? -this.nano : this.nano;
    if (magnitude === 0n) return '0';
    if (this.format === 'binary' && magnitude >= 1024n * nanos && magnitude % nanos === 0n) return sign + formatBinary(magnitude / nanos);
    return sign + formatDecimal(magnitude, this.format === 'exponent');
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Objects name the same few quantities over and over: what was read is kept, up to a bound that only strange input reaches. */
const known = new Map<string | number, Quantity>();
const maxKnown = 2000;
const maxKnownLength = 32;

/** Reads a quantity; undefined where the text is none. Numbers are accepted as JSON writes them. */
export function tryParseQuantity(text: string | number): Quantity | undefined {
  const seen = known.get(text);
  if (seen) return seen;
  const quantity = readQuantity(text);
  if (!quantity || (typeof text === 'string' && text.length > maxKnownLength)) return quantity;
  if (known.size >= maxKnown) known.clear();
  known.set(text, quantity);
  return quantity;
}

/** More than any quantity is worth: digits before the point of what is capped unread, digits after it that could still count. */
const [manyWhole, manyFraction] = [20, 80];
/** No quantity is larger (upstream's cap), in nanos. */
const largest = (2n ** 63n - 1n) * nanos;

function readQuantity(text: string | number): Quantity | undefined {
  const match = pattern.exec(String(text));
  if (!match) return undefined;
  const [, sign, number = '', suffix = ''] = match;
  const isExponent = suffix.length > 1 && binary[suffix] === undefined;
  if (isExponent && suffix.length > 11) return undefined;
  const format = binary[suffix] !== undefined ? 'binary' : isExponent ? 'exponent' : 'decimal';
  const [whole = '', fraction = ''] = number.split('.');
  const magnitude = inNanos(shifted(whole, fraction, isExponent ? Number(suffix.slice(1)) : (decimal[suffix] ?? 0)), binary[suffix]);
  return new Quantity(sign === '-' ? -magnitude : magnitude, format);
}

/** A number with its point moved to the right, to the left where `by` is negative; without zeros in front. */
function shifted(whole: string, fraction: string, by: number): { whole: string; fraction: string } {
  const digits = (whole + fraction).replace(/^0+/, '');
  const point = digits.length - fraction.length + by;
  if (digits === '') return { whole: '', fraction: '' };
  if (point > manyWhole) return { whole: '1'.padEnd(manyWhole + 1, '0'), fraction: '' };
  if (point < -manyFraction) return { whole: '', fraction: `${'0'.repeat(manyFraction)}1` };
  if (point <= 0) return { whole: '', fraction: '0'.repeat(-point) + digits };
  return { whole: digits.slice(0, point).padEnd(point, '0'), fraction: digits.slice(point) };
}

/** What is finer is rounded up, so digits far behind the point count as one that isn't zero. */
function inNanos({ whole, fraction }: { whole: string; fraction: string }, multiplier = 1n): bigint {
  if (whole.length > manyWhole) return largest;
  const rest = /[1-9]/.test(fraction.slice(manyFraction)) ? '1' : '';
  const near = fraction.slice(0, manyFraction) + rest;
  const nano = divideUp(BigInt(whole + near || '0') * multiplier * nanos, 10n ** BigInt(near.length));
  return nano < largest ? nano : largest;
}

/** Reads a quantity known to be valid (validated objects). Throws on any other. */
export function parseQuantity(text: string | number): Quantity {
  const quantity = tryParseQuantity(text);
  if (!quantity) throw new Error(quantityError);
  return quantity;
}

/** Upstream's words for a malformed quantity. */
export const quantityError = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function divideUp(a: bigint, b: bigint): bigint {
  const q = a / b;
  if (a % b === 0n) return q;
  return a > 0n ? q + 1n : q - 1n;
}

function formatBinary(value: bigint): string {
  let suffix = '';
  let rest = value;
  for (const next of Object.keys(binary)) {
    if (rest % 1024n !== 0n) break;
    rest /= 1024n;
    suffix = next;
  }
  return `${rest}${suffix}`;
}

function formatDecimal(nano: bigint, exponent: boolean): string {
  let rest = nano;
  let power = -9;
  while (power < 18 && rest % 1000n === 0n) {
    rest /= 1000n;
    power += 3;
  }
  if (power === 0) return `${rest}`;
  if (exponent) return `${rest}e${power}`;
  return rest + (Object.keys(decimal).find((s) => decimal[s] === power) ?? '');
}
