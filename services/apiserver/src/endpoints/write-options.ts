/** Query parameters that all writes share. */
import { validateFieldManager } from '@t8s/api';
import type { Decoded } from '@t8s/codec';
import { badRequest, type FieldError, forbiddenField, invalid, notSupported, required } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { type FieldManagement, nameFromUserAgent } from '../field-management.ts';
import { isTrue } from '../query.ts';

/** What becomes of unknown and duplicate fields: an error, warnings or nothing (KEP-2885). */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  dryRun: boolean;
  management: FieldManagement;
}

type OptionsType = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';
type Asked = Pick<ResourceContext, 'query' | 'request'>;

/** The options of all writes but applies. Throws Invalid in upstream's words. */
export function readWriteOptions({ query, request }: Asked, type: OptionsType): WriteOptions & { fieldValidation: FieldValidation } {
  const name = type === 'DeleteOptions' ? '' : (query.get('fieldManager') ?? '');
  const errors = type === 'PatchOptions' && query.has('force') ? [forbiddenField('force', 'may not be specified for non-apply patch')] : [];
  errors.push(...validateFieldManager(name, 'fieldManager'));
  const management = { as: 'updater', name: name || nameFromUserAgent(request.headers['user-agent']) } as const;
  return { ...readShared(query, type, errors), management };
}

export interface ApplyOptions {
  dryRun: boolean;
  fieldValidation: FieldValidation;
  manager: string;
  force: boolean;
}

/** The options of an apply, which must say who applies. Throws Invalid in upstream's words. */
export function readApplyOptions({ query }: Pick<ResourceContext, 'query'>): ApplyOptions {
  const manager = query.get('fieldManager') ?? '';
  const errors = manager === '' ? [required('fieldManager', 'is required for apply patch')] : [];
  errors.push(...validateFieldManager(manager, 'fieldManager'));
  return { ...readShared(query, 'PatchOptions', errors), manager, force: isTrue(query.get('force')) };
}

const fieldValidations = ['', 'Ignore', 'Strict', 'Warn'];

/** What all of them have, or Invalid with these errors and its own. */
function readShared(
  query: URLSearchParams,
  type: OptionsType,
  errors: FieldError[],
): { dryRun: boolean; fieldValidation: FieldValidation } {
  const dryRun = query.getAll('dryRun');
  const fieldValidation = type === 'DeleteOptions' ? '' : (query.get('fieldValidation') ?? '');
  errors.push(...checkDryRun(dryRun));
  if (!fieldValidations.includes(fieldValidation)) errors.push(notSupported('fieldValidation', fieldValidation, fieldValidations));
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: type }, '', errors);
  return { dryRun: dryRun.length > 0, fieldValidation: (fieldValidation || 'Warn') as FieldValidation };
}

export const checkDryRun = (values: readonly string[]): FieldError[] =>
  values.every((value) => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])];

/** Refuses, tells or passes over what strict decoding of a body has found. */
export function checkFields(
  { strictErrors }: Pick<Decoded, 'strictErrors'>,
  { warnings, kind, fieldValidation }: { warnings: string[]; kind: { kind: string; version: string }; fieldValidation: FieldValidation },
): void {
  if (strictErrors.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Strict')
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${strictDecodingError(strictErrors)}`);
  tellOfFields(strictErrors, warnings);
}

/** What is only warned of, each by itself. */
export function tellOfFields(strictErrors: readonly string[], warnings: string[]): void {
  for (const error of strictErrors) {
    // go-yaml tells of several in one.
    if (error.startsWith(yamlPrefix))
      warnings.push(
        ...error
          .slice(yamlPrefix.length)
          .split('\n')
          .map((line) => line.trim()),
      );
    else warnings.push(error);
  }
}

const yamlPrefix = 'yaml: unmarshal errors:\n';

export const strictDecodingError = (errors: readonly string[]): string => `strict decoding error: ${errors.join(', ')}`;
