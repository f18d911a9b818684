import { type FieldError, forbiddenField, invalid, notSupported } from '@t8s/meta';
import { isTrue, readInteger } from '../../query.ts';
import { readRevision } from '../resource-version.ts';

export interface WatchOptions {
  /** Events after this; undefined begins with the objects there are now, 0 with those memory has. */
  revision: number | undefined;
  bookmarks: boolean;
  /** The objects there are, then a bookmark that says so, then events (KEP-3157). Said no, events alone; undefined where not said. */
  sendInitialEvents: boolean | undefined;
  timeoutMs: number;
}

/** Without a wish of the client's a watch ends after 30 to 60 minutes, so that watches spread over servers. */
const defaultTimeoutMs = 1_800_000;
/** Timers take no more. Milliseconds. */
const longest = 2 ** 31 - 1;

/** Throws BadRequest, Invalid. */
export function readWatchOptions(query: URLSearchParams): WatchOptions {
  readInteger(query, 'limit');
  const seconds = readInteger(query, 'timeoutSeconds') ?? 0;
  const errors = checkMatch(query);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  return {
    revision: readRevision(query),
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined,
    timeoutMs: seconds === 0 ? defaultTimeoutMs * (1 + Math.random()) : Math.min(Math.max(seconds, 0) * 1000, longest),
  };
}

function checkMatch(query: URLSearchParams): FieldError[] {
  const match = query.get('resourceVersionMatch') ?? '';
  const isInitial = query.has('sendInitialEvents');
  const forbid = (why: string): FieldError => forbiddenField('resourceVersionMatch', why);
  return [
    ...(isInitial && match !== 'NotOlderThan' ? [forbid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')] : []),
    ...(match === '' ? [] : checkGivenMatch(query, { match, isInitial, forbid })),
  ];
}

function checkGivenMatch(
  query: URLSearchParams,
  { match, isInitial, forbid }: { match: string; isInitial: boolean; forbid(why: string): FieldError },
): FieldError[] {
  return [
    ...(isInitial ? [] : [forbid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')]),
    ...(match === 'NotOlderThan' ? [] : [notSupported('resourceVersionMatch', match, ['NotOlderThan'])]),
    ...((query.get('continue') ?? '') === '' ? [] : [forbid('resourceVersionMatch is forbidden when continue is provided')]),
  ];
}
