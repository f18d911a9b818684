import { badRequest, invalid, invalidValue } from '@t8s/meta';

/** Reads `resourceVersion`: undefined where absent. Throws BadRequest as upstream does. */
export function readRevision(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(`Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Checks `resourceVersionMatch` of a list against what it goes with. */
export function readMatch(query: URLSearchParams, revision: number | undefined): 'Exact' | 'NotOlderThan' | undefined {
  const match = query.get('resourceVersionMatch');
  if (match === null || match === '') return undefined;
  const refuse = (detail: string): Error =>
    invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [invalidValue('resourceVersionMatch', match, detail)]);
  if (revision === undefined) throw refuse('resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (query.has('continue') && query.get('continue') !== '') throw refuse('resourceVersionMatch is forbidden when continue is provided');
  if (match !== 'Exact' && match !== 'NotOlderThan') throw refuse('supported values: Exact, NotOlderThan');
  if (match === 'Exact' && revision === 0) throw refuse('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  return match;
}
