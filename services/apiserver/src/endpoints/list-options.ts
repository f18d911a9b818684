/**
 * What a list asks for beside its selectors, by upstream's table:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
 */
import { badRequest, type FieldError, forbiddenField, invalid, notSupportedInOrder } from '@t8s/meta';
import { readInteger } from '../query.ts';
import { decodeContinue, type Position } from './continue-token.ts';
import { readRevision } from './resource-version.ts';

export interface ListOptions {
  /** Most items; 0 is all. */
  limit: number;
  /** Which state of the world the list shows: the latest, any that is not older, exactly one, or the page's. */
  from: { state: 'latest' } | { state: 'any'; atLeast: number } | { state: 'exact'; revision: number } | { state: 'page'; page: Position };
}

/** Throws Invalid for what doesn't go together, BadRequest for what can't be read. */
export function readListOptions(query: URLSearchParams): ListOptions {
  const limit = Math.max(readInteger(query, 'limit') ?? 0, 0);
  readInteger(query, 'timeoutSeconds');
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue') ?? '';
  const errors = checkMatch(query, match, token);
  if (query.has('sendInitialEvents')) errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  if (token !== '') return { limit, from: { state: 'page', page: readPage(query, token) } };
  const revision = readRevision(query, 'invalid resource version: ');
  if (revision === undefined) return { limit, from: { state: 'latest' } };
  // What memory has is told whole.
  if (revision === 0) return { limit: 0, from: { state: 'any', atLeast: 0 } };
  const isExact = match === 'Exact' || (match === '' && limit > 0);
  return { limit, from: isExact ? { state: 'exact', revision } : { state: 'any', atLeast: revision } };
}

function checkMatch(query: URLSearchParams, match: string, token: string): FieldError[] {
  if (match === '') return [];
  const forbid = (why: string): FieldError => forbiddenField('resourceVersionMatch', why);
  const revision = query.get('resourceVersion') ?? '';
  return [
    ...(revision === '' ? [forbid('resourceVersionMatch is forbidden unless resourceVersion is provided')] : []),
    ...(token === '' ? [] : [forbid('resourceVersionMatch is forbidden when continue is provided')]),
    ...(match === 'Exact' || match === 'NotOlderThan'
      ? []
      : [notSupportedInOrder('resourceVersionMatch', match, ['Exact', 'NotOlderThan', ''])]),
    ...(match === 'Exact' && revision === '0' ? [forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')] : []),
  ];
}

function readPage(query: URLSearchParams, token: string): Position {
  const page = decodeContinue(token);
  const revision = query.get('resourceVersion') ?? '';
  if (revision !== '' && revision !== '0') throw badRequest('specifying resource version is not allowed when using continue');
  return page;
}
