/** How long a request may take. What its client wants to last has no deadline. */
import { parseDuration } from '@t8s/component';
import { badRequest, timeout } from '@t8s/meta';
import { isLongRunning, type RequestInfo } from '../request-info.ts';

/** Waits for `work`, but not longer than the request may take: `max` (milliseconds), or less if `?timeout=` says so. Throws Timeout, BadRequest. */
export async function withinDeadline(
  { info, query }: { info: RequestInfo; query: URLSearchParams },
  { max, work }: { max: number; work(): Promise<void> },
): Promise<void> {
  if (isLongRunning(info)) return work();
  const ms = Math.min(askedFor(query) || max, max);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(timeout('request did not complete within the allotted timeout')), ms);
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Milliseconds; 0 where the client doesn't say. */
function askedFor(query: URLSearchParams): number {
  const text = query.get('timeout') ?? '';
  if (text === '') return 0;
  const ms = parseDuration(text);
  if (ms === undefined) throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`);
  return Math.max(ms, 0);
}
