import type { NonResourceRule, PolicyRule, ResourceRule, SelfSubjectRulesReview } from '@t8s/api';
import { aggregate, badRequest } from '@t8s/meta';
import type { AccessPolicy } from '../../authz/access-policy.ts';
import type { Subresource } from '../../endpoints/dispatch.ts';
import { review } from '../review.ts';

/** POST selfsubjectrulesreviews: what the one who asks may do in a namespace. */
export const reviewRules = (policy: AccessPolicy): Subresource =>
  review<SelfSubjectRulesReview>((asked, { user }) => {
    const { namespace } = asked.spec;
    if (!namespace) throw badRequest('no namespace on request');
    const { rules, errors } = policy.rulesFor(user, namespace);
    const status = {
      resourceRules: rules.flatMap(({ rule }) => resourceRule(rule)),
      nonResourceRules: rules.flatMap(({ rule }) => pathRule(rule)),
      incomplete: errors.length > 0,
      ...(errors.length > 0 && { evaluationError: aggregate(errors) }),
    };
    return { ...asked, metadata: {}, spec: {}, status };
  });

function resourceRule({ verbs, apiGroups, resources, resourceNames }: PolicyRule): ResourceRule[] {
  if (!resources) return [];
  return [structuredClone({ verbs, apiGroups: apiGroups ?? [], resources, ...(resourceNames && { resourceNames }) })];
}

const pathRule = ({ verbs, nonResourceURLs }: PolicyRule): NonResourceRule[] =>
  nonResourceURLs ? [structuredClone({ verbs, nonResourceURLs })] : [];
