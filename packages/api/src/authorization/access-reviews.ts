/** What may be asked of an authorizer: authorization's validation (v1.34). */
import { type FieldError, forbiddenField, invalidValue, isLabelValue, type ObjectMeta, required } from '@t8s/meta';
import { invalidBy, isUnset, labelName } from '../field-checks.ts';
import type { FieldSelectorAttributes, LabelSelectorAttributes, ResourceAttributes, SubjectAccessReviewSpec } from '../generated/types.ts';
import type { ListType } from '../kind.ts';

export type AccessSpec = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>;

/** Lists of the types that all access reviews share. */
export const accessLists: Readonly<Record<string, ListType>> = Object.fromEntries(
  [
    'SubjectAccessReviewSpec.groups',
    'FieldSelectorAttributes.requirements',
    'LabelSelectorAttributes.requirements',
    'FieldSelectorRequirement.values',
  ].map((field) => [field, { listType: 'atomic' }]),
);

/** Metadata means nothing in a review but for the namespace of one that has it. */
export function validateReviewMetadata(metadata: ObjectMeta, { namespaced }: { namespaced: boolean }): FieldError[] {
  const meaningless = Object.entries(metadata).filter(
    ([field, value]) => field !== 'managedFields' && !(namespaced && field === 'namespace') && !isUnset(value),
  );
  if (meaningless.length === 0) return [];
  return [invalidValue('metadata', metadata, namespaced ? 'must be empty except for namespace' : 'must be empty')];
}

/** Either a resource or a path. */
export function validateAccess({ resourceAttributes, nonResourceAttributes }: AccessSpec): FieldError[] {
  return [
    ...(resourceAttributes && nonResourceAttributes
      ? [invalidValue('spec.nonResourceAttributes', nonResourceAttributes, 'cannot be specified in combination with resourceAttributes')]
      : []),
    ...(resourceAttributes || nonResourceAttributes
      ? []
      : [invalidValue('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')]),
    ...(resourceAttributes ? validateSelectors(resourceAttributes, 'spec.resourceAttributes') : []),
  ];
}

/** Whose access it is about. */
export function validateSubject({ user = '', groups = [] }: Pick<SubjectAccessReviewSpec, 'user' | 'groups'>): FieldError[] {
  return user === '' && groups.length === 0 ? [invalidValue('spec.user', user, 'at least one of user or group must be specified')] : [];
}

function validateSelectors({ fieldSelector, labelSelector }: ResourceAttributes, path: string): FieldError[] {
  return [
    ...(fieldSelector ? validateSelector(fieldSelector, `${path}.fieldSelector`) : []),
    ...(labelSelector ? validateSelector(labelSelector, `${path}.labelSelector`) : []),
  ];
}

/** As text or as requirements; operators that are unknown here may come from newer clients. */
function validateSelector(
  { rawSelector = '', requirements = [] }: FieldSelectorAttributes | LabelSelectorAttributes,
  path: string,
): FieldError[] {
  const isLabel = path.endsWith('labelSelector');
  const at = `${path}.requirements`;
  return [
    ...(rawSelector !== '' && requirements.length > 0
      ? [invalidValue(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')]
      : []),
    ...(rawSelector === '' && requirements.length === 0
      ? [required(at, `when ${path} is specified, requirements or rawSelector is required`)]
      : []),
    ...requirements.flatMap(({ key = '', operator = '', values = [] }, i) => [
      ...validateValues(operator, values, `${at}[${i}].values`),
      ...(isLabel ? labelName(`${at}[${i}].key`, key) : key === '' ? [required(`${at}[${i}].key`, 'must be specified')] : []),
      ...(isLabel ? values.flatMap((value, j) => invalidBy(`${at}[${i}].values[${j}]`, value, isLabelValue(value))) : []),
    ]),
  ];
}

function validateValues(operator: string, values: readonly string[], path: string): FieldError[] {
  const needs = operator === 'In' || operator === 'NotIn';
  const refuses = operator === 'Exists' || operator === 'DoesNotExist';
  if (needs && values.length === 0) return [required(path, "must be specified when `operator` is 'In' or 'NotIn'")];
  if (refuses && values.length > 0) return [forbiddenField(path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  return [];
}
