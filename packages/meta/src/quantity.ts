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

function readQuantity(text: string | number): Quantity | undefined {
  const match = pattern.exec(String(text));
  if (!match) return undefined;
  const [, sign, number = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = number.split('.');
  const digits = BigInt(whole + fraction || '0') * (sign === '-' ? -1n : 1n);
  const multiplier = binary[suffix];
  if (multiplier !== undefined) return new Quantity(divideUp(digits * multiplier * nanos, 10n ** BigInt(fraction.length)), 'binary');
  const isExponent = suffix.length > 1;
  const exponent = (isExponent ? Number(suffix.slice(1)) : (decimal[suffix] ?? 0)) + 9 - fraction.length;
  if (Math.abs(exponent) > 64) return undefined;
  const nano = exponent >= 0 ? digits * 10n ** BigInt(exponent) : divideUp(digits, 10n ** BigInt(-exponent));
  return new Quantity(nano, isExponent ? 'exponent' : 'decimal');
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
