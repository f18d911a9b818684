/** Names of what can be counted and limited: core's helper package. */
import { type FieldError, invalidValue, isQualifiedName, parseQuantity } from '@t8s/meta';
import { all, invalidBy } from './field-checks.ts';

const compute = ['cpu', 'memory', 'ephemeral-storage'];
/** Counted whole. */
const objects = [
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
  'services.loadbalancers',
  'services.nodeports',
];
const quota = new Set([...compute, ...compute.flatMap((name) => [`requests.${name}`, `limits.${name}`]), 'requests.storage', ...objects]);

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith('requests.hugepages-');

/** A resource of Kubernetes' own: no prefix, or one of kubernetes.io. */
export const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

export const isOvercommitAllowed = (name: string): boolean => isNative(name) && !isHugePages(name);

/** A resource of a device plugin. */
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;

/** What a ResourceQuota can limit by a name without prefix. */
export const isQuotaResource = (name: string): boolean => quota.has(name) || isQuotaHugePages(name);

export function validateResourceName(name: string, path: string): FieldError[] {
  const errors = invalidBy(path, name, isQualifiedName(name));
  if (errors.length > 0 || name.includes('/') || name === 'storage' || isQuotaResource(name)) return errors;
  return [invalidValue(path, name, 'must be a standard resource type or fully qualified')];
}

export function validateContainerResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path);
  if (!name.includes('/')) {
    if (!compute.includes(name) && !isHugePages(name)) errors.push(invalidValue(path, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(invalidValue(path, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

/** Not below zero; whole, where half of one is none. */
export function validateResourceAmount(name: string, text: string, path: string): FieldError[] {
  const { nano, milliValue } = parseQuantity(text);
  return all(
    nano < 0n && [invalidValue(path, text, 'must be greater than or equal to 0')],
    (objects.includes(name) || isExtended(name)) && milliValue % 1000 !== 0 && [invalidValue(path, text, 'must be an integer')],
  );
}
