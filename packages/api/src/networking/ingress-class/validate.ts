import {
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  regexError,
  required,
  tooLong,
} from '@t8s/meta';
import { invalidBy, optionalOneOf } from '../../field-checks.ts';
import type { IngressClass, IngressClassParametersReference } from '../../generated/types.ts';
import { validateReference } from '../ingress/validate.ts';

const longestController = 250;

export function validateIngressClass({ spec: { controller = '', parameters } }: IngressClass): FieldError[] {
  return [
    ...(controller.length > longestController ? [tooLong('spec.controller', longestController)] : []),
    ...domainPrefixedPath('spec.controller', controller),
    ...(parameters ? validateParameters(parameters, 'spec.parameters') : []),
  ];
}

const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** `acme.io/foo`: apimachinery's IsDomainPrefixedPath. */
function domainPrefixedPath(path: string, value: string): FieldError[] {
  if (value === '') return [required(path)];
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1)
    return [invalidValue(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const [host, rest] = [value.slice(0, slash), value.slice(slash + 1)];
  return [
    ...invalidBy(path, host, isDns1123Subdomain(host)),
    ...(new RegExp(`^${httpPath}$`).test(rest) ? [] : [invalidValue(path, rest, regexError('Invalid path', httpPath))]),
  ];
}

function validateParameters(parameters: IngressClassParametersReference, path: string): FieldError[] {
  const { scope, namespace } = parameters;
  const at = `${path}.namespace`;
  return [
    ...validateReference(parameters, path),
    ...(scope === undefined ? [required(`${path}.scope`)] : optionalOneOf(`${path}.scope`, scope, ['Cluster', 'Namespace'])),
    ...(scope === 'Namespace'
      ? namespace === undefined
        ? [required(at, "`parameters.scope` is set to 'Namespace'")]
        : invalidBy(at, namespace, isDns1123Label(namespace))
      : []),
    ...(scope === 'Cluster' && namespace !== undefined ? [forbiddenField(at, "`parameters.scope` is set to 'Cluster'")] : []),
  ];
}
