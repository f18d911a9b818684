/** kube-aggregator's ValidateAPIService (v1.34). */
import { type FieldError, invalidValue, isDns1035Label, isDns1123Subdomain, isPathSegmentName, isPortNumber, required } from '@t8s/meta';
import { invalidBy, optionalOneOf, requiredText } from '../../field-checks.ts';
import type { APIService, APIServiceSpec } from '../../generated/types.ts';

export function validateApiService({ metadata: { name = '' }, spec }: APIService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum, versionPriority } = spec;
  const wanted = `${version}.${group}`;
  return [
    ...(name === wanted || isPathSegmentName(name).length > 0
      ? []
      : [invalidValue('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`)]),
    ...(group === ''
      ? version === 'v1'
        ? []
        : [required('spec.group', 'only v1 may have an empty group and it better be legacy kube')]
      : invalidBy('spec.group', group, isDns1123Subdomain(group))),
    ...invalidBy('spec.version', version, isDns1035Label(version)),
    ...priority('spec.groupPriorityMinimum', groupPriorityMinimum, 20_000),
    ...priority('spec.versionPriority', versionPriority, 1000),
    ...(spec.service ? validateService(spec, spec.service) : validateLocal(spec)),
  ];
}

export function validateApiServiceStatus({ status }: APIService): FieldError[] {
  return (status?.conditions ?? []).flatMap((condition, i) =>
    optionalOneOf(`status.conditions[${i}].status`, condition.status, ['True', 'False', 'Unknown']),
  );
}

const priority = (path: string, value = 0, most: number): FieldError[] =>
  value > 0 && value <= most ? [] : [invalidValue(path, value, `must be positive and less than ${most}`)];

/** Served by this server: nothing to trust. */
function validateLocal({ caBundle = '', insecureSkipTLSVerify = false }: APIServiceSpec): FieldError[] {
  const bytes = Buffer.from(caBundle, 'base64').length;
  return [
    ...(bytes > 0 ? [invalidValue('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle')] : []),
    ...(insecureSkipTLSVerify
      ? [invalidValue('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')]
      : []),
  ];
}

function validateService(
  { caBundle = '', insecureSkipTLSVerify = false }: APIServiceSpec,
  service: NonNullable<APIServiceSpec['service']>,
): FieldError[] {
  const { namespace, name, port = 0 } = service;
  const errors = isPortNumber(port);
  return [
    ...requiredText('spec.service.namespace', namespace),
    ...requiredText('spec.service.name', name),
    ...(errors.length > 0 ? [invalidValue('spec.service.port', port, `port is not valid: ${errors.join(', ')}`)] : []),
    ...(insecureSkipTLSVerify && caBundle !== ''
      ? [invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
      : []),
  ];
}
