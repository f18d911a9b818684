/** Addresses written as names: in reverse zones (RFC 1035 §3.5, RFC 3596 §2.5) and with dashes. */
import { isIPv4, isIPv6 } from 'node:net';

/** The address a name of in-addr.arpa or ip6.arpa stands for; undefined for other names and for parts of an address. */
export function reverseAddress(name: string): string | undefined {
  const [, v4] = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name) ?? [];
  if (v4 !== undefined) {
    const address = v4.slice(0, -1).split('.').reverse().join('.');
    return isIPv4(address) ? address : undefined;
  }
  const [, v6] = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name) ?? [];
  if (v6 === undefined) return undefined;
  const digits = v6.replaceAll('.', '').split('').reverse().join('');
  return canonicalIPv6(digits.replaceAll(/(.{4})(?!$)/g, '$1:'));
}

/** `10-244-0-3` → `10.244.0.3`, `fd00--3` → `fd00::3`; undefined where it is no address. */
export function undashed(label: string): string | undefined {
  const v4 = label.replaceAll('-', '.');
  if (isIPv4(v4)) return v4;
  const v6 = label.replaceAll('-', ':');
  return isIPv6(v6) ? canonicalIPv6(v6) : undefined;
}

/** The other way round: the name of an endpoint that has none of its own. */
export const dashed = (address: string): string => address.replaceAll(/[.:]/g, '-');

/** The shortest form (RFC 5952), as the API writes addresses. */
const canonicalIPv6 = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);
