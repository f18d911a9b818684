import type { SelfSubjectRulesReview } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

/** What may I do in a namespace? */
export const selfSubjectRulesReviewKind = defineKind<SelfSubjectRulesReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  resource: 'selfsubjectrulesreviews',
  singular: 'selfsubjectrulesreview',
  namespaced: false,
  schema: 'SelfSubjectRulesReview',
  stored: false,
  verbs: ['create'],
  lists: Object.fromEntries(
    [
      'NonResourceRule.nonResourceURLs',
      'NonResourceRule.verbs',
      'ResourceRule.apiGroups',
      'ResourceRule.resourceNames',
      'ResourceRule.resources',
      'ResourceRule.verbs',
      'SubjectRulesReviewStatus.nonResourceRules',
      'SubjectRulesReviewStatus.resourceRules',
    ].map((field) => [field, { listType: 'atomic' }]),
  ),
  strategy: {},
});
