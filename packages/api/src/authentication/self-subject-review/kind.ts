import { createdColumn, nameColumn } from '../../columns.ts';
import type { SelfSubjectReview } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

/** Who am I? (KEP-3325) */
export const selfSubjectReviewKind = defineKind<SelfSubjectReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  resource: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
  namespaced: false,
  schema: 'SelfSubjectReview',
  stored: false,
  verbs: ['create'],
  columns: [nameColumn, createdColumn],
  strategy: {},
});
