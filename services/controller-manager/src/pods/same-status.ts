import { isDeepStrictEqual } from 'node:util';

/** Whether two statuses look alike to users: on the wire what is absent counts as zero, and an empty list as none. */
export function sameStatus(a: object | undefined, b: object): boolean {
  return a !== undefined && isDeepStrictEqual(withoutZeros(a), withoutZeros(b));
}

function withoutZeros(status: object): object {
  const isZero = (value: unknown): boolean => value === undefined || value === 0 || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(status).filter(([, value]) => !isZero(value)));
}
