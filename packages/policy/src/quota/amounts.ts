/** How much of what: quantities by the names that quotas know. */
import { parseQuantity, Quantity } from '@t8s/meta';

export type Amounts = Readonly<Record<string, Quantity>>;

export const one = Quantity.of(1);
export const none = Quantity.of(0);

export const parseAmounts = (list: Readonly<Record<string, string>> = {}): Amounts =>
  Object.fromEntries(Object.entries(list).map(([name, text]) => [name, parseQuantity(text)]));

export const formatAmounts = (amounts: Amounts): Record<string, string> =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount.toString()]));

/** The sum, of all names. */
export function plus(a: Amounts, b: Amounts): Amounts {
  const added = Object.entries(b).map(([name, amount]) => [name, a[name]?.add(amount) ?? amount] as const);
  return { ...a, ...Object.fromEntries(added) };
}

/** What is left of `a`, never less than nothing. */
export function minus(a: Amounts, b: Amounts): Amounts {
  const rest = (name: string, amount: Quantity): Quantity => {
    const left = amount.sub(b[name] ?? none);
    return left.nano > 0n ? left : new Quantity(0n, amount.format);
  };
  return Object.fromEntries(Object.entries(a).map(([name, amount]) => [name, rest(name, amount)]));
}

/** Those of these names. */
export const only = (amounts: Amounts, names: readonly string[]): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([name]) => names.includes(name)));

export const withoutZeros = (amounts: Amounts): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([, amount]) => !amount.isZero));

/** The smaller of each; what one lacks is nothing. */
export const least = (a: Amounts, b: Amounts): Amounts =>
  Object.fromEntries(
    Object.entries(a).map(([name, amount]) => {
      const other = b[name] ?? none;
      return [name, amount.compare(other) < 0 ? amount : other];
    }),
  );

/** `a=1,b=2Gi`, by name. */
export const describeAmounts = (amounts: Amounts): string =>
  Object.keys(amounts)
    .sort()
    .map((name) => `${name}=${amounts[name]}`)
    .join(',');
