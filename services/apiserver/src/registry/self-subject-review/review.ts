import type { SelfSubjectReview, UserInfo } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import type { User } from '../../context.ts';
import { review } from '../review.ts';

/** POST selfsubjectreviews: who asks. */
export const reviewSelf = review<SelfSubjectReview>((asked, { user }) => ({
  ...asked,
  metadata: { creationTimestamp: formatTime(Date.now()) },
  status: { userInfo: userInfo(user) },
}));

export function userInfo({ name, uid, groups, extra }: User): UserInfo {
  return {
    username: name,
    ...(uid && { uid }),
    groups: [...groups],
    ...(extra && { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) }),
  };
}
