import type {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
} from '@t8s/api';
import { type Attributes, isAllowed } from '../../authz/authorize.ts';
import type { User } from '../../context.ts';
import { review } from '../review.ts';

type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>;

/** POST subjectaccessreviews, localsubjectaccessreviews: may somebody do that? */
export const reviewAccess = review<SubjectAccessReview | LocalSubjectAccessReview>((asked) => ({
  ...asked,
  status: decision(subject(asked.spec), asked.spec),
}));

/** POST selfsubjectaccessreviews: may the one who asks do that? */
export const reviewOwnAccess = review<SelfSubjectAccessReview>((asked, { user }) => ({ ...asked, status: decision(user, asked.spec) }));

const subject = ({ user = '', uid, groups = [], extra }: SubjectAccessReviewSpec): User => ({
  name: user,
  groups,
  ...(uid && { uid }),
  ...(extra && { extra }),
});

const decision = (user: User, asked: Asked): SubjectAccessReviewStatus => ({ allowed: isAllowed(user, attributes(asked)) });

function attributes({ resourceAttributes, nonResourceAttributes }: Asked): Attributes {
  const { namespace = '', verb = '', group = '', resource = '', subresource = '', name = '' } = resourceAttributes ?? {};
  if (resourceAttributes) return { isResource: true, path: '', namespace, verb, group, resource, subresource, name };
  const { path = '', verb: method = '' } = nonResourceAttributes ?? {};
  return { isResource: false, path, verb: method, namespace: '', group: '', resource: '', subresource: '', name: '' };
}
