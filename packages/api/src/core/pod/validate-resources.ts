/** Requests, limits and claims of containers and pods: core's ValidateContainerResourceRequirements. */
import { duplicate, type FieldError, forbiddenField, invalidValue, notFoundValue, parseQuantity, type Quantity, required } from '@t8s/meta';
import { all, oneOf } from '../../field-checks.ts';
import type { CoreResourceClaim, PodSpec, ResourceRequirements } from '../../generated/types.ts';
import {
  isHugePages,
  isOvercommitAllowed,
  validateContainerResourceName,
  validateResourceAmount,
  validateResourceName,
} from '../../resource-names.ts';
import { containerRequests } from './resources.ts';

const computeResources = ['cpu', 'memory'];

export function validateContainerResources(
  resources: ResourceRequirements | undefined,
  claimNames: ReadonlySet<string>,
  path: string,
): FieldError[] {
  if (resources === undefined) return [];
  return all(
    validateRequirements(resources, validateContainerResourceName, path),
    resources.claims && validateClaims(resources.claims, claimNames, `${path}.claims`),
  );
}

/** Pod-level resources: cpu, memory and huge pages; no less than what the containers ask for together. */
export function validatePodResources(spec: PodSpec, path: string): FieldError[] {
  const { resources } = spec;
  if (resources === undefined) return [];
  const errors =
    resources.claims === undefined ? [] : [forbiddenField(`${path}.claims`, 'claims cannot be set for Resources at pod-level')];
  errors.push(...validateRequirements(resources, validatePodResourceName, path));
  for (const [name, sum] of Object.entries(containerRequests(spec))) {
    const asked = resources.requests?.[name] ?? '0';
    if (sum.compare(parseQuantity(asked)) > 0)
      errors.push(
        invalidValue(`${path}.requests[${name}]`, asked, `must be greater than or equal to aggregate container requests of ${sum}`),
      );
  }
  for (const [i, container] of spec.containers.entries()) {
    for (const [name, limit] of Object.entries(container.resources?.limits ?? {})) {
      const podLimit = resources.limits?.[name];
      if (podLimit !== undefined && parseQuantity(limit).compare(parseQuantity(podLimit)) > 0)
        errors.push(
          invalidValue(`${path}.containers[${i}][${name}].limits`, limit, `must be less than or equal to pod limits of ${podLimit}`),
        );
    }
  }
  return errors;
}

/** Overhead is checked as limits are. */
export function validateOverhead(overhead: Record<string, string> | undefined, path: string): FieldError[] {
  return overhead === undefined ? [] : validateRequirements({ limits: overhead }, validateContainerResourceName, path);
}

type NameCheck = (name: string, path: string) => FieldError[];

function validateRequirements({ limits = {}, requests = {} }: ResourceRequirements, checkName: NameCheck, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, text] of Object.entries(limits)) errors.push(...validateAmount(name, text, checkName, `${path}.limits[${name}]`));
  for (const [name, text] of Object.entries(requests)) {
    errors.push(...validateAmount(name, text, checkName, `${path}.requests[${name}]`));
    const limit = limits[name];
    if (limit === undefined) {
      if (!isOvercommitAllowed(name)) errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
      continue;
    }
    const order = parseQuantity(text).compare(parseQuantity(limit));
    if (order !== 0 && !isOvercommitAllowed(name))
      errors.push(invalidValue(`${path}.requests`, text, `must be equal to ${name} limit of ${limit}`));
    else if (order > 0) errors.push(invalidValue(`${path}.requests`, text, `must be less than or equal to ${name} limit of ${limit}`));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.some((name) => computeResources.includes(name)))
    errors.push(forbiddenField(path, 'HugePages require cpu or memory'));
  return errors;
}

function validateAmount(name: string, text: string, checkName: NameCheck, path: string): FieldError[] {
  const errors = all(checkName(name, path), validateResourceAmount(name, text, path));
  if (isHugePages(name) && !isMultiple(parseQuantity(text), name.slice('hugepages-'.length)))
    errors.push(invalidValue(path, text, `${text} is not positive integer multiple of ${name.slice('hugepages-'.length)}`));
  return errors;
}

function isMultiple(amount: Quantity, pageSize: string): boolean {
  const size = parseQuantity(pageSize);
  return size.nano > 0n && amount.nano % size.nano === 0n;
}

function validatePodResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path);
  return errors.length > 0 || isHugePages(name) ? errors : oneOf(path, name, computeResources);
}

function validateClaims(claims: readonly CoreResourceClaim[], claimNames: ReadonlySet<string>, path: string): FieldError[] {
  const seen = new Set<string>();
  return claims.flatMap(({ name, request }, i) => {
    const key = request === undefined ? name : `${name}/${request}`;
    if (name === '') return [required(`${path}[${i}]`)];
    if (seen.has(key)) return [duplicate(`${path}[${i}]`, key)];
    seen.add(key);
    if (claimNames.has(name)) return [];
    const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`;
    return [{ ...notFoundValue(`${path}[${i}]`, name), detail: `must be one of the names in pod.spec.resourceClaims${known}` }];
  });
}
