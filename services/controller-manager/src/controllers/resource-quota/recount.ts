import { type Amounts, minus, withoutZeros } from '@t8s/policy';

export interface Recount {
  /** What the quota says. */
  used: Amounts;
  /** What is there, of every name that can be counted. */
  counted: Amounts;
  /** What objects that are gone, or ask for less, have given back since the last recount. */
  released: Amounts;
  /** Nobody has charged the quota for so long that nothing can be on its way into the store. */
  isQuiet: boolean;
}

/**
 * What a quota is to say. The apiserver charges before it stores, so a quota may rightly be ahead of what is there: it is never set
 * below its charges but by what was seen to go, and to what is there only when it is quiet.
 */
export function recount({ used, counted, released, isQuiet }: Recount): Amounts {
  if (isQuiet) return counted;
  const left = minus(used, released);
  return Object.fromEntries(
    Object.entries(counted).map(([name, amount]) => {
      const charged = left[name];
      return [name, charged !== undefined && charged.compare(amount) > 0 ? charged : amount];
    }),
  );
}

/** Whether a quota says more than is there. */
export const isAhead = (used: Amounts, counted: Amounts): boolean => Object.keys(withoutZeros(minus(used, counted))).length > 0;
