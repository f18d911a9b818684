import { type FieldError, invalidValue } from '@t8s/meta';
import type { LocalSubjectAccessReview } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateAccess, validateReviewMetadata, validateSubject } from '../access-reviews.ts';

/** May this one do that in this namespace? */
export const localSubjectAccessReviewKind = defineKind<LocalSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  resource: 'localsubjectaccessreviews',
  singular: 'localsubjectaccessreview',
  namespaced: true,
  schema: 'LocalSubjectAccessReview',
  stored: false,
  verbs: ['create'],
  strategy: { validate: validateLocalReview },
});

function validateLocalReview({ metadata, spec }: LocalSubjectAccessReview): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec;
  const { namespace = '' } = resourceAttributes ?? {};
  return [
    ...validateAccess(spec),
    ...validateSubject(spec),
    ...validateReviewMetadata(metadata, { namespaced: true }),
    ...(resourceAttributes && namespace !== metadata.namespace
      ? [invalidValue('spec.resourceAttributes.namespace', namespace, 'must match metadata.namespace')]
      : []),
    ...(nonResourceAttributes
      ? [invalidValue('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request')]
      : []),
  ];
}
