import type { SelfSubjectAccessReview } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateAccess, validateReviewMetadata } from '../access-reviews.ts';

/** May I do that? */
export const selfSubjectAccessReviewKind = defineKind<SelfSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  resource: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  namespaced: false,
  schema: 'SelfSubjectAccessReview',
  stored: false,
  verbs: ['create'],
  strategy: {
    validate: ({ metadata, spec }) => [...validateAccess(spec), ...validateReviewMetadata(metadata, { namespaced: false })],
  },
});
