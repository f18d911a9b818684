/** Addresses and names in services and their endpoints. */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { type FieldError, invalidValue, isDns1123Label, isDns1123Subdomain, required } from '@t8s/meta';
import { invalidBy } from './field-checks.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'];

export const dnsLabel = (path: string, value: string): FieldError[] => invalidBy(path, value, isDns1123Label(value));

/** Addresses that reach something on another host: no loopback, link-local or unspecified ones. */
export function nonSpecialIp(path: string, value: string): FieldError[] {
  const text = value.replaceAll(/(?<![:\da-f])0+(?=\d)/gi, '');
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

export function cidr(path: string, value: string): FieldError[] {
  const [address = '', bits = '', ...rest] = value.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  if (rest.length === 0 && /^\d+$/.test(bits) && Number(bits) <= most) return [];
  return [invalidValue(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}

export function fullyQualifiedDomainName(path: string, value: string): FieldError[] {
  if (value === '') return [required(path)];
  const messages = isDns1123Subdomain(value);
  if (messages.length > 0) return [invalidValue(path, value, messages.join(','))];
  return value.split('.').length < 3
    ? [invalidValue(path, value, 'should be a domain with at least three segments separated by dots')]
    : [];
}
