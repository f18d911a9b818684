import { badRequest, jsonSyntaxError } from '@t8s/meta';

export interface Position {
  /** The revision the whole list is of; undefined goes on in the latest state. */
  revision: number | undefined;
  /** The last key of the page before. */
  after: string;
}

/** Upstream's mark for the latest state: no token that says nothing of a revision is taken for it. */
const latest = -1;

export function encodeContinue({ revision = latest, after }: Position): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');
}

/** Throws BadRequest on anything this server didn't make; keys that would leave the list's prefix are the store's to refuse by its range. */
export function decodeContinue(token: string): Position {
  const { v, rv, start } = parsed(token);
  if (v !== 'meta.k8s.io/v1') throw refused(`: server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`);
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0)
    throw refused(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '') throw refused(': encoded start key empty (version meta.k8s.io/v1)');
  if (`/${start}/`.includes('/../') || `/${start}/`.includes('/./') || start.startsWith('/')) throw refused(`: ${start}`);
  return { revision: rv < 0 ? undefined : rv, after: start };
}

function parsed(token: string): { v?: unknown; rv?: unknown; start?: unknown } {
  // A character that is none of base64's, or one too many.
  const wrong = token.search(token.length % 4 === 1 ? /[^A-Za-z0-9_-]|.$/ : /[^A-Za-z0-9_-]/);
  if (wrong >= 0) throw refused(`: illegal base64 data at input byte ${wrong}`);
  const text = Buffer.from(token, 'base64url').toString();
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) throw refused(`: ${jsonSyntaxError(text)}`);
    throw error;
  }
}

const refused = (why: string): Error => badRequest(`invalid continue token: continue key is not valid${why}`);
