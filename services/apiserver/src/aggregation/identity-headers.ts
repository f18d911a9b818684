/** How an extension server is told who asks (https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer). */
import type { User } from '../context.ts';

export type Headers = Record<string, string[]>;

/** The headers of front proxies, which no client of ours may send on. */
export const isIdentity = (header: string): boolean =>
  header === 'x-remote-user' || header === 'x-remote-uid' || header === 'x-remote-group' || header.startsWith('x-remote-extra-');

export function identityHeaders({ name, uid, groups, extra = {} }: User): Headers {
  return {
    'X-Remote-User': [onWire(name)],
    ...(uid && { 'X-Remote-Uid': [onWire(uid)] }),
    ...(groups.length > 0 && { 'X-Remote-Group': groups.map(onWire) }),
    ...Object.fromEntries(Object.entries(extra).map(([key, values]) => [`X-Remote-Extra-${escapeKey(key)}`, values.map(onWire)])),
  };
}

/** Headers are bytes: what is no Latin letter goes as UTF-8. */
const onWire = (value: string): string => Buffer.from(value).toString('latin1');

/** What no name of a header may hold, and the sign of escapes itself. */
const escapeKey = (key: string): string =>
  onWire(key.toLowerCase()).replaceAll(
    /[^!#$&'*+\-.^_`|~0-9a-z]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
