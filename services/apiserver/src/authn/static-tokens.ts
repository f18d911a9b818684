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
    const refuse = (why: string): UsageError => new UsageError(`line ${i + 1}: ${why}`);
    const found = columns(line);
    if (!found) throw refuse('extraneous or missing " in quoted-field');
    const [token = '', name = '', uid = '', groups = ''] = found;
    if (found.length < 3) throw refuse(`must have at least 3 columns (token, user name, user uid), found ${found.length}`);
    if (token === '' || name === '') throw refuse('token and user name must not be empty');
    const list = groups.split(',').filter((group) => group !== '');
    users.set(digest(token), { name, groups: list, ...(uid !== '' && { uid }) });
  }
  return async (token, wanted) => {
    const user = users.get(digest(token));
    return user && ownerHere(user, audiences, wanted);
  };
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64');

/** One line of comma-separated values (RFC 4180); undefined where its quotes don't fit. */
function columns(line: string): string[] | undefined {
  const found = [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,"]*))(?=,|$)/g)];
  if (found.map(([all]) => all).join('') !== `,${line}`) return undefined;
  return found.map(([, quoted, plain = '']) => (quoted?.replaceAll('""', '"') ?? plain).trim());
}
