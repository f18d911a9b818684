import { badRequest } from '@t8s/meta';

interface Position {
  /** The revision the whole list is of. */
  revision: number;
  /** The last key of the page before. */
  after: string;
}

export function encodeContinue({ revision, after }: Position): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');
}

/** Throws BadRequest on anything this server didn't make; keys that would leave the list's prefix are the store's to refuse by its range. */
export function decodeContinue(token: string): Position {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { v?: unknown; rv?: unknown; start?: unknown };
    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && Number.isSafeInteger(rv) && rv > 0 && typeof start === 'string' && start !== '')
      return { revision: rv, after: start };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badRequest('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
}
