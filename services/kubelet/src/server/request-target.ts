import { HttpFailure } from './http-failure.ts';

/** What a request asks for. Throws HttpFailure 404 for a path that is none. */
export function requestTarget(url = ''): { path: string[]; query: URLSearchParams } {
  const path = pathSegments(url);
  if (!path) throw new HttpFailure(404, '404 page not found');
  return { path, query: new URLSearchParams(/\?.*/s.exec(url)?.[0]) };
}

/**
 * The segments of a path, decoded; a slash at its end counts for nothing. Undefined for what can be read in two ways (`//`, `..`,
 * escaped slashes): what is allowed and what is done must be the same.
 */
export function pathSegments(url: string): string[] | undefined {
  const [path = ''] = url.split('?', 1);
  try {
    const [root, ...segments] = path.replace(/\/$/, '').split('/').map(decodeURIComponent);
    const isPlain = root === '' && segments.every((segment) => !['', '.', '..'].includes(segment) && !/[/\\]/.test(segment));
    return isPlain ? segments : undefined;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
