/** --token-auth-file: lines `token,user,uid` with an optional last column of groups, `"group1,group2"`. */
import { createHash } from 'node:crypto';
import { UsageError } from '@t8s/component';
import type { User } from '../context.ts';
import { ownerHere, type TokenAuthenticator } from './authenticate.ts';

/** Throws UsageError naming the line that can't be read. */
export function staticTokens(text: string, audiences: readonly string[]): TokenAuthenticator {
  // By digest: looking one up takes the same time whatever the token is like.
  const users = new Map<string, User>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [token = '', name = '', uid = '', groups = ''] = columns(line);
    if (token === '' || name === '')
      throw new UsageError(`--token-auth-file: line ${i + 1} must be token,user,uid and may end with "group1,group2"`);
    const list = groups.split(',').filter((group) => group !== '');
    users.set(digest(token), { name, groups: list, ...(uid !== '' && { uid }) });
  }
  return async (token, wanted) => {
    const user = users.get(digest(token));
    return user && ownerHere(user, audiences, wanted);
  };
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64');

/** One line of comma-separated values (RFC 4180). */
const columns = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
    (quoted?.replaceAll('""', '"') ?? plain).trim(),
  );
