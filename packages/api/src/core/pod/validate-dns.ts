/** How the pod resolves names. */
import { type FieldError, invalidValue, isDns1123Subdomain, maxLengthError, regexError, required } from '@t8s/meta';
import { invalidBy, ipAddress, oneOf } from '../../field-checks.ts';
import type { HostAlias, PodSpec } from '../../generated/types.ts';

const maxNameservers = 3;
const maxSearchPaths = 32;
const maxSearchChars = 2048;

export function validateDns({ dnsPolicy, dnsConfig }: PodSpec, path: string): FieldError[] {
  const errors = oneOf(`${path}.dnsPolicy`, dnsPolicy, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']);
  if (dnsConfig === undefined && dnsPolicy !== 'None') return errors;
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  const at = `${path}.dnsConfig`;
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) return [...errors, required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (nameservers.length === 0)
      return [...errors, required(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  }
  if (nameservers.length > maxNameservers)
    errors.push(invalidValue(`${at}.nameservers`, nameservers, `must not have more than ${maxNameservers} nameservers`));
  errors.push(...nameservers.flatMap((server, i) => ipAddress(`${at}.nameservers[${i}]`, server)));
  if (searches.length > maxSearchPaths)
    errors.push(invalidValue(`${at}.searches`, searches, `must not have more than ${maxSearchPaths} search paths`));
  if (searches.join(' ').length > maxSearchChars)
    errors.push(
      invalidValue(
        `${at}.searches`,
        searches,
        `must not have more than ${maxSearchChars} characters (including spaces) in the search list`,
      ),
    );
  errors.push(...searches.flatMap((search, i) => validateSearch(search, `${at}.searches[${i}]`)));
  errors.push(...options.flatMap(({ name }, i) => (name ? [] : [required(`${at}.options[${i}]`, 'must not be empty')])));
  return errors;
}

export function validateHostAliases(aliases: readonly HostAlias[], path: string): FieldError[] {
  return aliases.flatMap(({ ip, hostnames = [] }, i) => [
    ...ipAddress(`${path}[${i}].ip`, ip),
    ...hostnames.flatMap((hostname, j) => invalidBy(`${path}[${i}].hostnames[${j}]`, hostname, isDns1123Subdomain(hostname))),
  ]);
}

const searchLabel = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const searchPattern = new RegExp(`^${searchLabel}(\\.${searchLabel})*$`);

/** A domain that may have underscores and a final dot, or `.` alone. */
function validateSearch(search: string, path: string): FieldError[] {
  if (search === '.') return [];
  const name = search.replace(/\.$/, '');
  const errors = name.length > 253 ? [invalidValue(path, name, maxLengthError(253))] : [];
  if (!searchPattern.test(name)) {
    const message =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
    errors.push(invalidValue(path, name, regexError(message, `${label}(\\.${label})*`, 'example.com')));
  }
  return errors;
}
