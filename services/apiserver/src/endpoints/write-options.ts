/** Query parameters that all writes share. */
import { validateFieldManager } from '@t8s/api';
import type { Decoded } from '@t8s/codec';
import { badRequest, type FieldError, forbiddenField, invalid, notSupported, required } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { type FieldManagement, nameFromUserAgent } from '../field-management.ts';
import { isTrue } from '../query.ts';

export interface WriteOptions {
  dryRun: boolean;
  management: FieldManagement;
}

type OptionsType = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';
type Asked = Pick<ResourceContext, 'query' | 'request'>;

/** Throws Invalid in upstream's words. */
export function readWriteOptions({ query, request }: Asked, type: OptionsType): WriteOptions {
  const force = type === 'PatchOptions' && query.has('force');
  const name = query.get('fieldManager') ?? '';
  check(query, type, [
    ...(force ? [forbiddenField('force', 'may not be specified for non-apply patch')] : []),
    ...validateFieldManager(name, 'fieldManager'),
  ]);
  return { dryRun: isDryRun(query), management: { as: 'updater', name: name || nameFromUserAgent(request.headers['user-agent']) } };
}

export interface ApplyOptions {
  dryRun: boolean;
  manager: string;
  force: boolean;
}

/** The options of an apply, which must say who applies. Throws Invalid and BadRequest in upstream's words. */
export function readApplyOptions({ query }: Pick<ResourceContext, 'query'>): ApplyOptions {
  const manager = query.get('fieldManager') ?? '';
  check(query, 'PatchOptions', [
    ...(manager === '' ? [required('fieldManager', 'is required for apply patch')] : []),
    ...validateFieldManager(manager, 'fieldManager'),
  ]);
  return { dryRun: isDryRun(query), manager, force: isTrue(query.get('force')) };
}

function check(query: URLSearchParams, type: OptionsType, errors: FieldError[]): void {
  const unknown = query.getAll('dryRun').find((value) => value !== '' && value !== 'All');
  const all = [...errors, ...(unknown === undefined ? [] : [notSupported('dryRun', unknown, ['All'])])];
  if (all.length > 0) throw invalid({ group: 'meta.k8s.io', kind: type }, '', all);
}

const isDryRun = (query: URLSearchParams): boolean => query.getAll('dryRun').includes('All');

/** Unknown and duplicate fields: an error, warnings or nothing, as `fieldValidation` says (KEP-2885; warnings unless said). */
export function checkFields(
  { query, warnings, resource: { kind } }: ResourceContext,
  { strictErrors }: Pick<Decoded, 'strictErrors'>,
): void {
  const mode = fieldValidation({ query });
  if (strictErrors.length === 0 || mode === 'Ignore') return;
  if (mode === 'Strict')
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${strictErrors.join(', ')}`,
    );
  warnings.push(...strictErrors);
}

/** What becomes of fields nobody knows and keys that come twice. Throws Invalid for anything but upstream's three words. */
export function fieldValidation({ query }: Pick<ResourceContext, 'query'>): 'Strict' | 'Warn' | 'Ignore' {
  const mode = query.get('fieldValidation') || 'Warn';
  if (mode === 'Strict' || mode === 'Warn' || mode === 'Ignore') return mode;
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [notSupported('fieldValidation', mode, ['Ignore', 'Strict', 'Warn'])]);
}
