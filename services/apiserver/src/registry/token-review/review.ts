import type { TokenReview, TokenReviewStatus } from '@t8s/api';
import { InvalidToken } from '@t8s/auth';
import { badRequest } from '@t8s/meta';
import { type TokenAuthenticator, withKnownGroup } from '../../authn/authenticate.ts';
import type { Subresource } from '../../endpoints/dispatch.ts';
import { review } from '../review.ts';
import { userInfo } from '../self-subject-review/review.ts';

export interface TokenReviewOptions {
  tokens: TokenAuthenticator;
  /** What a token must be for where the question says nothing of it (--api-audiences). */
  audiences: readonly string[];
}

/** POST tokenreviews: whose token it is, if it is good for one of the audiences asked about. */
export function reviewToken({ tokens, audiences: own }: TokenReviewOptions): Subresource {
  return review<TokenReview>(async (asked) => {
    const { token = '', audiences = [] } = asked.spec;
    if (token === '') throw badRequest('token is required for TokenReview in authentication');
    return { ...asked, status: await statusOf(token, audiences.length > 0 ? audiences : own) };
  });

  async function statusOf(token: string, audiences: readonly string[]): Promise<TokenReviewStatus> {
    try {
      const owner = await tokens(token, audiences);
      if (!owner) return { user: {}, error: unknownToken };
      return { authenticated: true, user: userInfo(withKnownGroup(owner.user)), audiences: [...owner.audiences] };
    } catch (error) {
      if (!(error instanceof InvalidToken)) throw error;
      return { user: {}, error: `[${unknownToken}, ${error.message}]` };
    }
  }
}

const unknownToken = 'invalid bearer token';
