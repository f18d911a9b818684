import type {
  FieldSelectorAttributes,
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
} from '@t8s/api';
import type { Attributes, Authorizer } from '@t8s/auth';
import { requiredFields } from '../../authz/authorize.ts';
import type { User } from '../../context.ts';
import type { Subresource } from '../../endpoints/dispatch.ts';
import { review } from '../review.ts';

type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>;

/** POST subjectaccessreviews, localsubjectaccessreviews: may somebody do that? */
export const reviewAccess = (authorize: Authorizer): Subresource =>
  review<SubjectAccessReview | LocalSubjectAccessReview>((asked) => ({
    ...asked,
    status: decision(authorize, attributes(subject(asked.spec), asked.spec)),
  }));

/** POST selfsubjectaccessreviews: may the one who asks do that? */
export const reviewOwnAccess = (authorize: Authorizer): Subresource =>
  review<SelfSubjectAccessReview>((asked, { user }) => ({ ...asked, status: decision(authorize, attributes(user, asked.spec)) }));

const subject = ({ user = '', uid, groups = [], extra }: SubjectAccessReviewSpec): User => ({
  name: user,
  groups,
  ...(uid && { uid }),
  ...(extra && { extra }),
});

function decision(authorize: Authorizer, asked: Attributes): SubjectAccessReviewStatus {
  const { decision, reason } = authorize(asked);
  return { allowed: decision === 'allow', ...(decision === 'deny' && { denied: true }), ...(reason !== '' && { reason }) };
}

function attributes(user: User, { resourceAttributes, nonResourceAttributes }: Asked): Attributes {
  if (resourceAttributes) {
    const { namespace = '', verb = '', group = '', resource = '', subresource = '', name = '', fieldSelector } = resourceAttributes;
    return { user, verb, group, resource, subresource, name, namespace, fields: pinnedFields(fieldSelector) };
  }
  const { path = '', verb = '' } = nonResourceAttributes ?? {};
  return { user, verb, path };
}

/** What a field selector, as text or as requirements, asks to be one value. */
function pinnedFields({ rawSelector = '', requirements = [] }: FieldSelectorAttributes = {}): Record<string, string> {
  if (rawSelector !== '') return requiredFields(rawSelector);
  const pinned = requirements.filter(({ operator, values }) => operator === 'In' && values?.length === 1);
  return Object.fromEntries(pinned.map(({ key, values = [] }) => [key, values[0] ?? '']));
}
