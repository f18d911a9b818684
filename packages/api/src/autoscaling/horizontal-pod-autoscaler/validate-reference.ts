/** References to an object of a kind and version: what is scaled, what a metric describes. */
import { type FieldError, invalidValue, isPathSegmentName, parseApiVersion, required } from '@t8s/meta';
import { invalidBy } from '../../field-checks.ts';
import type { CrossVersionObjectReferenceV2 } from '../../generated/types.ts';

/** What is asked of the apiVersion: nothing where it is stored already, a group unless core's kinds will do. */
export type VersionRule = 'any' | 'valid' | 'with a group';

export function validateReference(
  reference: CrossVersionObjectReferenceV2,
  { version, path }: { version: VersionRule; path: string },
): FieldError[] {
  const problem = apiVersionProblem(reference, version);
  return [
    ...pathSegment(`${path}.kind`, reference.kind),
    ...pathSegment(`${path}.name`, reference.name),
    ...(problem ? [invalidValue(`${path}.apiVersion`, reference.apiVersion ?? '', problem)] : []),
  ];
}

export function apiVersionProblem({ apiVersion = '' }: CrossVersionObjectReferenceV2, rule: VersionRule): string | undefined {
  if (rule === 'any') return undefined;
  if (apiVersion.split('/').length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  return rule === 'with a group' && parseApiVersion(apiVersion).group === '' ? 'apiVersion must specify API group' : undefined;
}

/** A name that becomes part of a URL. */
export function pathSegment(path: string, name: string | undefined, whenAbsent = ''): FieldError[] {
  return name ? invalidBy(path, name, isPathSegmentName(name)) : [required(path, whenAbsent)];
}
