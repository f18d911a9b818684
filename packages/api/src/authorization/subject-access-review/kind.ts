import type { SubjectAccessReview } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { accessLists, validateAccess, validateReviewMetadata, validateSubject } from '../access-reviews.ts';

/** May this one do that? */
export const subjectAccessReviewKind = defineKind<SubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  resource: 'subjectaccessreviews',
  singular: 'subjectaccessreview',
  namespaced: false,
  schema: 'SubjectAccessReview',
  stored: false,
  verbs: ['create'],
  lists: accessLists,
  strategy: {
    validate: ({ metadata, spec }) => [
      ...validateAccess(spec),
      ...validateSubject(spec),
      ...validateReviewMetadata(metadata, { namespaced: false }),
    ],
  },
});
