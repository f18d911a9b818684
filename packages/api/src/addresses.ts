/** Addresses and names in services and their endpoints. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { type FieldError, invalidValue, isDns1123Label, isDns1123Subdomain, quote, required } from '@t8s/meta';
import { invalidBy } from './field-checks.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'];

export const dnsLabel = (path: string, value: string): FieldError[] => invalidBy(path, value, isDns1123Label(value));

/** Addresses that reach something on another host: no loopback, link-local or unspecified ones. */
export function nonSpecialIp(path: string, value: string): FieldError[] {
  const text = withoutZeros(value);
  if (isIP(text) === 0) return [invalidValue(path, value, 'must be a valid IP address')];
  const is = (ipv4: RegExp, ipv6: RegExp): boolean => (isIPv4(text) ? ipv4 : ipv6).test(text.toLowerCase());
  const errors: FieldError[] = [];
  if (is(/^0\.0\.0\.0$/, /^[0:]+$/)) errors.push(invalidValue(path, value, `may not be unspecified (${value})`));
  if (is(/^127\./, /^[0:]*:0*1$/)) errors.push(invalidValue(path, value, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (is(/^169\.254\./, /^fe[89ab]/))
    errors.push(invalidValue(path, value, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (is(/^224\.0\.0\./, /^ff.2:/))
    errors.push(invalidValue(path, value, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
  return errors;
}

/** A name or an address, and nothing that a command line could take for something else. */
export const isHost = (text: string): boolean => /^\w[\w.-]*$/.test(text) || (isIPv6(text) && /^[\w:.%]+$/.test(text));

/** IPv4 octets without the leading zeros that old fields allow. */
const withoutZeros = (address: string): string => address.replaceAll(/(?<![:\da-f])0+(?=\d)/gi, '');

/** A block as old fields take it: zeros may lead, and the address may be one inside the block. */
export function cidr(path: string, value: string): FieldError[] {
  return parseCidr(value) ? [] : [invalidValue(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}

export interface Cidr {
  address: string;
  bits: number;
  family: 'ipv4' | 'ipv6';
}

/** Undefined where the text is no block. */
export function parseCidr(value: string): Cidr | undefined {
  const [text = '', bits = '', ...rest] = value.split('/');
  const address = withoutZeros(text);
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined;
  if (family === undefined || rest.length > 0 || !/^\d+$/.test(bits)) return undefined;
  return Number(bits) <= (family === 'ipv4' ? 32 : 128) ? { address, bits: Number(bits), family } : undefined;
}

/** True where the first block holds all of the second, and more. */
export function holds(outer: Cidr, inner: Cidr): boolean {
  const block = new BlockList();
  block.addSubnet(outer.address, outer.bits, outer.family);
  return outer.family === inner.family && outer.bits < inner.bits && block.check(inner.address, inner.family);
}

/** The form in which an address is printed: RFC 5952. */
const canonicalIp = (address: string): string => (isIPv4(address) ? address : new URL(`http://[${address}]`).hostname.slice(1, -1));

const isMapped = (address: string): boolean => /^::ffff:[\da-f]+:[\da-f]+$/.test(canonicalIp(address));

/** What new fields ask of an address (apimachinery's IsValidIP): one form only. Returns messages. */
export function strictIp(value: string): string[] {
  const address = withoutZeros(value);
  if (isIP(address) === 0 || value.includes('%')) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (isIP(value) === 0) return ['must not have leading 0s'];
  if (isMapped(value)) return ['must not be an IPv4-mapped IPv6 address'];
  return canonicalIp(value) === value ? [] : [`must be in canonical form (${JSON.stringify(canonicalIp(value))})`];
}

/** The same for blocks: nothing behind the prefix (apimachinery's IsValidCIDR). */
export function strictCidr(value: string): string[] {
  const block = parseCidr(value);
  if (!block) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  const { address, bits, family } = block;
  if (isIP(value.split('/')[0] ?? '') === 0 || /\/0\d/.test(value)) return ['must not have leading 0s in IP or prefix length'];
  if (isMapped(address)) return ['must not have an IPv4-mapped IPv6 address'];
  const length = family === 'ipv4' ? 32 : 128;
  if (bits < length && (toNumber(address, family) & ((1n << BigInt(length - bits)) - 1n)) !== 0n)
    return ['must not have bits set beyond the prefix length'];
  const canonical = `${canonicalIp(address)}/${bits}`;
  return canonical === value ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`];
}

const retired = 'will be considered invalid in a future Kubernetes release';
const unmapped = (address: string): string => {
  const [high = 0, low = 0] = (/^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonicalIp(address)) ?? [])
    .slice(1)
    .map((part) => Number.parseInt(part, 16));
  return isMapped(address) ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : canonicalIp(address);
};

/** About an address that is taken, but not in its one form (apimachinery's GetWarningsForIP). */
export function ipWarnings(path: string, value: string): string[] {
  const address = withoutZeros(value);
  if (isIP(address) === 0) return [];
  if (isIP(value) === 0 || isMapped(address))
    return [`${path}: non-standard IP address ${quote(value)} ${retired}: use ${quote(unmapped(address))}`];
  const canonical = canonicalIp(value);
  return canonical === value ? [] : [`${path}: IPv6 address ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`];
}

/** The same for blocks (GetWarningsForCIDR). */
export function cidrWarnings(path: string, value: string): string[] {
  const block = parseCidr(value);
  if (!block) return [];
  const { address, bits, family } = block;
  const length = family === 'ipv4' ? 32 : 128;
  const number = toNumber(address, family);
  const host = (1n << BigInt(length - bits)) - 1n;
  const network = `${fromNumber(number & ~host, family)}/${bits}`;
  const warnings =
    (number & host) === 0n
      ? []
      : [
          `${path}: CIDR value ${quote(value)} is ambiguous in this context (should be ${quote(network)} or ${quote(`${canonicalIp(address)}/${length}`)}?)`,
        ];
  if (isIP(value.split('/')[0] ?? '') === 0 || isMapped(address) || /\/0\d/.test(value))
    warnings.push(`${path}: non-standard CIDR value ${quote(value)} ${retired}: use ${quote(network)}`);
  const canonical = `${canonicalIp(address)}/${bits}`;
  if (warnings.length > 0 || family === 'ipv4' || canonical === value) return warnings;
  return [`${path}: IPv6 CIDR value ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`];
}

function fromNumber(number: bigint, family: Cidr['family']): string {
  const [count, width] = family === 'ipv4' ? [4, 8n] : [8, 16n];
  const parts = Array.from({ length: count }, (_, i) => (number >> (BigInt(count - 1 - i) * width)) & ((1n << width) - 1n));
  return family === 'ipv4' ? parts.join('.') : canonicalIp(parts.map((part) => part.toString(16)).join(':'));
}

function toNumber(address: string, family: Cidr['family']): bigint {
  if (family === 'ipv4') return address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const [head = '', tail] = canonicalIp(address).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const all = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last];
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

export function fullyQualifiedDomainName(path: string, value: string): FieldError[] {
  if (value === '') return [required(path)];
  const messages = isDns1123Subdomain(value);
  if (messages.length > 0) return [invalidValue(path, value, messages.join(','))];
  return value.split('.').length < 3
    ? [invalidValue(path, value, 'should be a domain with at least three segments separated by dots')]
    : [];
}
