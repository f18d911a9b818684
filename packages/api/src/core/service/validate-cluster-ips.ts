/** clusterIP(s), ipFamilies and ipFamilyPolicy of a service, and how they may change. */
import { isIPv6 } from 'node:net';
import { duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required } from '@t8s/meta';
import { ipAddress, optionalOneOf } from '../../field-checks.ts';
import type { Service } from '../../generated/types.ts';
import { isHeadless } from './service-type.ts';

const ipsPath = 'spec.clusterIPs';
const familiesPath = 'spec.ipFamilies';
const policyPath = 'spec.ipFamilyPolicy';

export function validateClusterIps({ spec }: Service): FieldError[] {
  const { type, clusterIP = '', clusterIPs: ips = [], ipFamilies: families = [], ipFamilyPolicy: policy } = spec;
  if (type === 'ExternalName')
    return [
      ...(ips.length > 0 || clusterIP ? [ipsPath] : []),
      ...(families.length > 0 ? [familiesPath] : []),
      ...(policy === undefined ? [] : [policyPath]),
    ].map((path) => forbiddenField(path, 'may not be set for ExternalName services'));
  const errors: FieldError[] = [];
  if (clusterIP !== '' && ips.length === 0) errors.push(required(ipsPath));
  else if (clusterIP === '' && ips.length > 0) errors.push(invalidValue(ipsPath, ips, 'must be empty when `clusterIP` is not specified'));
  else if (clusterIP !== (ips[0] ?? '')) errors.push(invalidValue(ipsPath, ips, 'first value must match `clusterIP`'));
  for (const [i, family] of families.entries()) {
    if (!['IPv4', 'IPv6'].includes(family)) errors.push(notSupported(`${familiesPath}[${i}]`, family, ['IPv4', 'IPv6']));
    if (families.indexOf(family) < i) errors.push(duplicate(`${familiesPath}[${i}]`, family));
    else if (family === 'IPv6' && !isHeadless(spec))
      errors.push(invalidValue(`${familiesPath}[${i}]`, family, 'not configured on this cluster'));
  }
  errors.push(...optionalOneOf(policyPath, policy, ['PreferDualStack', 'RequireDualStack', 'SingleStack']));
  if (policy === 'RequireDualStack' && !isHeadless(spec))
    errors.push(invalidValue(policyPath, policy, 'this cluster is not configured for dual-stack services'));
  const invalid =
    ips[0] === 'None'
      ? ips.length > 1
        ? [invalidValue(ipsPath, ips, "'None' must be the first and only value")]
        : []
      : ips.flatMap((ip, i) => ipAddress(`${ipsPath}[${i}]`, ip));
  errors.push(...invalid);
  if (ips.length > 2) errors.push(invalidValue(ipsPath, ips, 'may only hold up to 2 values'));
  if (invalid.length > 0 || ips[0] === 'None') return errors;
  if (ips.length > 1 && (ips.length > 2 || isIPv6(ips[0] ?? '') === isIPv6(ips[1] ?? '')))
    errors.push(invalidValue(ipsPath, ips, 'may specify no more than one IP for each IP family'));
  for (const [i, ip] of ips.entries()) {
    const family = families[i];
    if ((family === 'IPv4' || family === 'IPv6') && family !== (isIPv6(ip) ? 'IPv6' : 'IPv4'))
      errors.push(invalidValue(`${ipsPath}[${i}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``));
  }
  return errors;
}

/** The primary address and family stay; a second may come and go. ExternalName services have none to keep. */
export function validateClusterIpsUpdate(service: Service, old: Service): FieldError[] {
  if (service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return [];
  const headless = isHeadless(service.spec);
  const wasHeadless = isHeadless(old.spec);
  if (headless && wasHeadless) return [];
  const errors = changes(service.spec.clusterIPs ?? [], old.spec.clusterIPs ?? [], { path: ipsPath, name: 'clusterIP', service });
  if (headless !== wasHeadless) return errors;
  return [
    ...errors,
    ...changes(service.spec.ipFamilies ?? [], old.spec.ipFamilies ?? [], { path: familiesPath, name: 'ipFamily', service }),
  ];
}

function changes(
  now: readonly string[],
  old: readonly string[],
  { path, name, service }: { path: string; name: string; service: Service },
): FieldError[] {
  if (now.length === old.length)
    return old.flatMap((value, i) => (value === now[i] ? [] : [invalidValue(`${path}[${i}]`, now, 'may not change once set')]));
  if (old.length === 0) return [];
  const errors: FieldError[] = [];
  if (now.length === 0) errors.push(invalidValue(`${path}[0]`, now, `primary ${name} can not be unset`));
  else if (now[0] !== old[0]) errors.push(invalidValue(`${path}[0]`, now, 'may not change once set'));
  const policy = service.spec.ipFamilyPolicy;
  if (now.length === 1 && old.length > 1 && policy !== 'SingleStack')
    errors.push(invalidValue(policyPath, policy, `must be set to 'SingleStack' when releasing the secondary ${name}`));
  return errors;
}
