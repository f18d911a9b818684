import type { TokenReview } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

/** Whose token is this? */
export const tokenReviewKind = defineKind<TokenReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  resource: 'tokenreviews',
  singular: 'tokenreview',
  namespaced: false,
  schema: 'TokenReview',
  stored: false,
  verbs: ['create'],
  lists: {
    'TokenReviewSpec.audiences': { listType: 'atomic' },
    'TokenReviewStatus.audiences': { listType: 'atomic' },
    'UserInfo.groups': { listType: 'atomic' },
  },
  strategy: {},
});
