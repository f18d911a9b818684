import { badRequest, type FieldError, forbiddenField, invalid } from '@t8s/meta';
import { isTrue } from '../../request-info.ts';
import { readRevision } from '../resource-version.ts';

export interface WatchOptions {
  /** Events after this; undefined begins with the objects there are now, 0 with those memory has. */
  revision: number | undefined;
  bookmarks: boolean;
  /** The objects there are, then a bookmark that says so, then events (KEP-3157). */
  sendInitialEvents: boolean;
  timeoutMs: number;
}

/** Without a wish of the client's a watch ends after 30 to 60 minutes, so that watches spread over servers. */
const defaultTimeoutMs = 1_800_000;

/** Throws BadRequest, Invalid. */
export function readWatchOptions(query: URLSearchParams): WatchOptions {
  const revision = readRevision(query);
  const match = query.get('resourceVersionMatch') ?? '';
  const initial = query.get('sendInitialEvents');
  const errors: FieldError[] = [];
  if (initial === null && match !== '')
    errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  if (initial !== null && match !== 'NotOlderThan')
    errors.push(forbiddenField('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  const seconds = readSeconds(query.get('timeoutSeconds') ?? '');
  return {
    revision,
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: isTrue(initial),
    timeoutMs: seconds > 0 ? seconds * 1000 : defaultTimeoutMs * (1 + Math.random()),
  };
}

/** Timers take no more. Seconds. */
const longest = 2 ** 31 / 1000 - 1;

function readSeconds(text: string): number {
  if (text === '') return 0;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Math.min(Number(text), longest);
}
