/** Environment variables and the selectors they share with downward-API volumes. */
import {
  type FieldError,
  invalidValue,
  isConfigMapKey,
  isDns1123Subdomain,
  isQualifiedName,
  notSupported,
  parseQuantity,
  required,
} from '@t8s/meta';
import { all, each, invalidBy, requiredText } from '../../field-checks.ts';
import type { EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceFieldSelector } from '../../generated/types.ts';

const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** What either use of a field selector converts; each use then supports some of them. */
const knownFieldPaths = [
  ...envFieldPaths,
  'metadata.labels',
  'metadata.annotations',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
];
const resourceFields = ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [`limits.${name}`, `requests.${name}`]);
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

export function validateEnv(env: readonly EnvVar[] | undefined, path: string): FieldError[] {
  return each(env, (variable, i) => {
    const at = `${path}[${i}]`;
    return all(
      variable.name === '' ? [required(`${at}.name`)] : invalidBy(`${at}.name`, variable.name, envNameErrors(variable.name)),
      variable.valueFrom && validateValueFrom(variable, `${at}.valueFrom`),
    );
  });
}

export function validateEnvFrom(sources: readonly EnvFromSource[] | undefined, path: string): FieldError[] {
  return each(sources, ({ prefix = '', configMapRef, secretRef }, i) => {
    const errors = invalidBy(`${path}[${i}].prefix`, prefix, envNameErrors(prefix));
    if (configMapRef) errors.push(...validateName(configMapRef.name, `${path}[${i}].configMapRef.name`));
    if (secretRef) errors.push(...validateName(secretRef.name, `${path}[${i}].secretRef.name`));
    if (!configMapRef && !secretRef) errors.push(invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    if (configMapRef && secretRef) errors.push(invalidValue(path, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

function envNameErrors(name: string): string[] {
  return /^[\x20-\x3c\x3e-\x7e]*$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

function validateValueFrom({ value = '', valueFrom }: EnvVar, path: string): FieldError[] {
  if (valueFrom === undefined) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  const errors: FieldError[] = [];
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, envFieldPaths, `${path}.fieldRef`));
  if (resourceFieldRef) errors.push(...validateResourceFieldRef(resourceFieldRef, false, `${path}.resourceFieldRef`));
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, `${path}.configMapKeyRef`));
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, `${path}.secretKeyRef`));
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef].filter(Boolean).length;
  if (count === 0)
    errors.push(invalidValue(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'));
  else if (value !== '') errors.push(invalidValue(path, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(invalidValue(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

/** A field of the pod itself, `metadata.labels['key']` included. */
export function validateFieldRef(ref: ObjectFieldSelector, supported: readonly string[], path: string): FieldError[] {
  if (ref.apiVersion === undefined || ref.apiVersion === '') return [required(`${path}.apiVersion`)];
  if (ref.fieldPath === '') return [required(`${path}.fieldPath`)];
  const subscript = /^(.*)\['(.*)'\]$/.exec(ref.fieldPath);
  const field = subscript?.[1] ?? ref.fieldPath;
  if (ref.apiVersion !== 'v1')
    return [invalidValue(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: unsupported pod version: ${ref.apiVersion}`)];
  if (!knownFieldPaths.includes(field) || (subscript && !['metadata.labels', 'metadata.annotations'].includes(field)))
    return [invalidValue(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: field label not supported: ${ref.fieldPath}`)];
  if (subscript) {
    const key = field === 'metadata.annotations' ? (subscript[2] ?? '').toLowerCase() : (subscript[2] ?? '');
    return invalidBy(path, key, isQualifiedName(key));
  }
  return supported.includes(field) ? [] : [notSupported(`${path}.fieldPath`, field, supported)];
}

/** `requests.cpu` and its like; a volume must also name the container. */
export function validateResourceFieldRef(ref: ResourceFieldSelector, inVolume: boolean, path: string): FieldError[] {
  const { resource, containerName = '', divisor } = ref;
  const isHugePages = /^(limits|requests)\.hugepages-/.test(resource);
  const errors: FieldError[] = [];
  if (inVolume && containerName === '') errors.push(required(`${path}.containerName`));
  else if (resource === '') errors.push(required(`${path}.resource`));
  else if (!resourceFields.includes(resource) && !isHugePages) errors.push(notSupported(`${path}.resource`, resource, resourceFields));
  if (divisor === undefined || parseQuantity(divisor).isZero) return errors;
  const [, name = ''] = resource.split('.');
  const allowed = name === 'cpu' ? ['1m', '1'] : byteDivisors;
  const what =
    { cpu: 'cpu', memory: 'memory', 'ephemeral-storage': 'local ephemeral storage' }[name] ?? (isHugePages ? 'hugepages' : undefined);
  if (what !== undefined && !allowed.includes(divisor)) {
    const list = name === 'cpu' ? '1m and 1' : allowed.join(', ');
    errors.push(invalidValue(`${path}.divisor`, resource, `only divisor's values ${list} are supported with the ${what} resource`));
  }
  return errors;
}

function validateKeyRef({ name = '', key }: NonNullable<EnvVarSource['secretKeyRef']>, path: string): FieldError[] {
  return [
    ...invalidBy(`${path}.name`, name, isDns1123Subdomain(name)),
    ...(key === '' ? [required(`${path}.key`)] : invalidBy(`${path}.key`, key, isConfigMapKey(key))),
  ];
}

function validateName(name: string | undefined, path: string): FieldError[] {
  return name ? invalidBy(path, name, isDns1123Subdomain(name.replace(/-$/, 'a'))) : requiredText(path, name);
}
