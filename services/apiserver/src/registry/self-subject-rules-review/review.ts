import type { SelfSubjectRulesReview } from '@t8s/api';
import { badRequest } from '@t8s/meta';
import { rulesFor } from '../../authz/rules.ts';
import { review } from '../review.ts';

/** POST selfsubjectrulesreviews: what the one who asks may do in a namespace. */
export const reviewRules = review<SelfSubjectRulesReview>((asked, { user }) => {
  if (!asked.spec.namespace) throw badRequest('no namespace on request');
  const { resources, paths } = rulesFor(user);
  const status = { resourceRules: structuredClone([...resources]), nonResourceRules: structuredClone([...paths]), incomplete: false };
  return { ...asked, metadata: {}, spec: {}, status };
});
