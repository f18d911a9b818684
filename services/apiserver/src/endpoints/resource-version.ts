import { badRequest } from '@t8s/meta';

/** Reads `resourceVersion`: undefined where absent or empty. Throws BadRequest, with `what` before upstream's words. */
export function readRevision(query: URLSearchParams, what = ''): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  const refuse = (why: string): Error =>
    badRequest(
      `${what}resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`,
    );
  if (!/^\d+$/.test(text)) throw refuse('invalid syntax');
  if (BigInt(text) >= 2n ** 64n) throw refuse('value out of range');
  return Number(text);
}
