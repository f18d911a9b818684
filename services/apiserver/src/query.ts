/** Values of query parameters, as Go's API machinery reads them. */
import { badRequest } from '@t8s/meta';

/** Absent, `0` and `false` are false; all else, an empty value too, is true. */
export const isTrue = (value: string | null): boolean => value !== null && value !== '0' && value.toLowerCase() !== 'false';

/** An int64; undefined where absent. Throws BadRequest in the words of strconv. */
export function readInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const quoted = JSON.stringify(text);
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${quoted}: invalid syntax`);
  if (BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) throw badRequest(`strconv.ParseInt: parsing ${quoted}: value out of range`);
  return Number(text);
}
