import { isIP } from 'node:net';
import {
  type FieldError,
  invalidValue,
  isDns1035Label,
  isDns1123Subdomain,
  isPathSegmentName,
  isPortName,
  isPortNumber,
  regexError,
  required,
} from '@t8s/meta';
import { invalidBy, ipAddress, oneOf } from '../../field-checks.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressRule,
  IngressSpec,
  TypedLocalObjectReference,
} from '../../generated/types.ts';

export const classAnnotation = 'kubernetes.io/ingress.class';

/** What is not looked at again once it is stored, because it came in before there was a rule against it. */
interface Leniency {
  secretNames?: boolean;
  wildcardRules?: boolean;
}

export function validateIngressCreate({ metadata, spec }: Ingress): FieldError[] {
  const annotation = metadata.annotations?.[classAnnotation];
  const clash = annotation !== undefined && spec.ingressClassName !== undefined && annotation !== spec.ingressClassName;
  return [
    ...validateSpec(spec, {}),
    ...(clash ? [invalidValue(`annotations.${classAnnotation}`, annotation, 'must match `ingressClassName` when both are specified')] : []),
  ];
}

export function validateIngressUpdate({ spec }: Ingress, { spec: old }: Ingress): FieldError[] {
  return validateSpec(spec, {
    secretNames: (old.tls ?? []).some(({ secretName = '' }) => secretNameErrors(secretName).length > 0),
    wildcardRules: (old.rules ?? []).some((rule) => rule.host?.includes('*') && validateRuleValue(rule, '').length > 0),
  });
}

export function validateIngressStatus({ status }: Ingress): FieldError[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, i) => {
    const path = `status.loadBalancer.ingress[${i}]`;
    return [
      ...(ip ? ipAddress(`${path}.ip`, ip) : []),
      ...(hostname
        ? [...invalidBy(`${path}.hostname`, hostname, isDns1123Subdomain(hostname)), ...notAnAddress(`${path}.hostname`, hostname)]
        : []),
    ];
  });
}

function validateSpec(spec: IngressSpec, lenient: Leniency): FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec;
  return [
    ...(rules.length === 0 && !defaultBackend
      ? [invalidValue('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(defaultBackend ? validateBackend(defaultBackend, 'spec.defaultBackend') : []),
    ...rules.flatMap((rule, i) => validateRule(rule, lenient, `spec.rules[${i}]`)),
    ...tls.flatMap(({ hosts = [], secretName = '' }, i) => [
      ...hosts.flatMap((host, j) => invalidBy(`spec.tls[${i}].hosts[${j}]`, host, hostErrors(host))),
      ...(lenient.secretNames ? [] : invalidBy(`spec.tls[${i}].secretName`, secretName, secretNameErrors(secretName))),
    ]),
    ...(ingressClassName === undefined ? [] : invalidBy('spec.ingressClassName', ingressClassName, isDns1123Subdomain(ingressClassName))),
  ];
}

const secretNameErrors = (name: string): string[] => (name === '' ? [] : isDns1123Subdomain(name));
const notAnAddress = (path: string, host: string): FieldError[] =>
  isIP(host) === 0 ? [] : [invalidValue(path, host, 'must be a DNS name, not an IP address')];

const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const wildcard = `\\*\\.${subdomain}`;

/** A name, or `*.` and a name (RFC 1034, 4.3.3). */
function hostErrors(host: string): string[] {
  if (!host.includes('*')) return isDns1123Subdomain(host);
  return [
    ...(host.length > 253 ? ['must be no more than 253 characters'] : []),
    ...(new RegExp(`^${wildcard}$`).test(host)
      ? []
      : [
          regexError(
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
            wildcard,
            '*.example.com',
          ),
        ]),
  ];
}

function validateRule(rule: IngressRule, { wildcardRules }: Leniency, path: string): FieldError[] {
  const { host = '' } = rule;
  return [
    ...(host === '' ? [] : [...notAnAddress(`${path}.host`, host), ...invalidBy(`${path}.host`, host, hostErrors(host))]),
    ...(host.includes('*') && wildcardRules ? [] : validateRuleValue(rule, path)),
  ];
}

function validateRuleValue({ http }: IngressRule, path: string): FieldError[] {
  if (!http) return [];
  const { paths = [] } = http;
  if (paths.length === 0) return [required(`${path}.http.paths`)];
  return paths.flatMap((one, i) => validatePath(one, `${path}.http.paths[${i}]`));
}

function validatePath({ path = '', pathType, backend = {} }: HTTPIngressPath, at: string): FieldError[] {
  if (pathType === undefined) return [required(`${at}.pathType`, 'pathType must be specified')];
  const invalid = (message: string): FieldError => invalidValue(`${at}.path`, path, message);
  const errors: FieldError[] = [];
  switch (pathType) {
    case 'Exact':
    case 'Prefix':
      if (!path.startsWith('/')) errors.push(invalid('must be an absolute path'));
      for (const sequence of ['//', '/./', '/../', '%2f', '%2F'])
        if (path.includes(sequence)) errors.push(invalid(`must not contain '${sequence}'`));
      for (const suffix of ['/..', '/.']) if (path.endsWith(suffix)) errors.push(invalid(`cannot end with '${suffix}'`));
      break;
    case 'ImplementationSpecific':
      if (path !== '' && !path.startsWith('/')) errors.push(invalid('must be an absolute path'));
      break;
    default:
      errors.push(...oneOf(`${at}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  }
  return [...errors, ...validateBackend(backend, `${at}.backend`)];
}

function validateBackend({ resource, service }: IngressBackend, path: string): FieldError[] {
  if (resource && service) return [invalidValue(path, '', 'cannot set both resource and service backends')];
  if (resource) return validateReference(resource, `${path}.resource`);
  if (!service) return [invalidValue(path, '', 'resource or service backend is required')];
  const { name = '', port: { name: portName = '', number = 0 } = {} } = service;
  const errors = name === '' ? [required(`${path}.service.name`)] : invalidBy(`${path}.service.name`, name, isDns1035Label(name));
  if (portName !== '' && number !== 0) errors.push(invalidValue(path, '', 'cannot set both port name & port number'));
  else if (portName !== '') errors.push(...invalidBy(`${path}.service.port.name`, portName, isPortName(portName)));
  else if (number !== 0) errors.push(...invalidBy(`${path}.service.port.number`, number, isPortNumber(number)));
  else errors.push(required(path, 'port name or number is required'));
  return errors;
}

/** An object of any kind in the same place. */
export function validateReference({ apiGroup, kind = '', name = '' }: TypedLocalObjectReference, path: string): FieldError[] {
  return [
    ...(apiGroup === undefined ? [] : invalidBy(`${path}.apiGroup`, apiGroup, isDns1123Subdomain(apiGroup))),
    ...(kind === '' ? [required(`${path}.kind`, 'kind is required')] : invalidBy(`${path}.kind`, kind, isPathSegmentName(kind))),
    ...(name === '' ? [required(`${path}.name`, 'name is required')] : invalidBy(`${path}.name`, name, isPathSegmentName(name))),
  ];
}
