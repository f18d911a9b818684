/** Gives `object` the values its fields have in `old`; what is absent there goes, because `undefined` is no value of the wire. */
export function keepFields<T extends object, K extends keyof T>(
  object: T,
  old: Partial<Pick<T, K>> | undefined,
  fields: readonly K[],
): void {
  for (const field of fields) {
    const value = old?.[field];
    if (value === undefined) delete object[field];
    else object[field] = value;
  }
}
