/** IPv4 ranges in CIDR notation. */

export interface Range {
  first: number;
  /** Number of addresses. */
  size: number;
}

/** Undefined where the text is none, or where bits beyond the prefix are set. */
export function parseRange(cidr: string): Range | undefined {
  const [, address = '', prefix = ''] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr) ?? [];
  const octets = address.split('.').map(Number);
  if (octets.length !== 4 || octets.some((octet) => octet > 255) || Number(prefix) > 32) return undefined;
  const first = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - Number(prefix));
  return first % size === 0 ? { first, size } : undefined;
}

export const overlaps = (a: Range, b: Range): boolean => a.first < b.first + b.size && b.first < a.first + a.size;

export const formatAddress = (address: number): string => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

/** The nth address of a range, counted from 0. Throws a RangeError beyond its end. */
export function nthAddress(cidr: string, n: number): string {
  const range = parseRange(cidr);
  if (!range || n >= range.size) throw new RangeError(`${cidr} has no address number ${n}`);
  return formatAddress(range.first + n);
}
