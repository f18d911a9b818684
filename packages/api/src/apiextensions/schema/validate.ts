import type { FieldError } from '@t8s/meta';
import { validateEmbedded } from './embedded.ts';
import { validateListTypes } from './list-types.ts';
import type { StructuralSchema } from './structural.ts';
import { maxProblems } from './value-problems.ts';
import { ValueValidator } from './value-validator.ts';

type Json = Record<string, unknown>;

const validators = new WeakMap<StructuralSchema, ValueValidator>();

/**
 * What stands against a custom resource, but for rules in CEL, in the words of apiextensions' validation (v1.34). With `old`, the
 * version that is updated, parts that have not changed are let be (KEP-4008).
 */
export function validateAgainst(object: Json, schema: StructuralSchema, old?: Json): FieldError[] {
  const errors = [...validateValue(object, schema, old), ...validateEmbedded(object, schema), ...validateLists(object, schema, old)];
  return errors.slice(0, maxProblems);
}

/** The same for a write of the status: the rest of the object is not asked about. */
export function validateStatusAgainst(object: Json, schema: StructuralSchema, old: Json): FieldError[] {
  const status = schema.properties.get('status');
  const errors = status && object['status'] !== undefined ? validateValue(object['status'], status, old['status']) : [];
  return [...errors.map((error) => ({ ...error, field: within('status', error.field) })), ...validateLists(object, schema, old)];
}

/** `path` in an object that itself is at `root`. */
export const within = (root: string, path: string): string => (path === '' || path === '<nil>' ? root : `${root}.${path}`);

const validateLists = (object: Json, schema: StructuralSchema, old?: Json): FieldError[] =>
  old && validateListTypes(old, schema).length > 0 ? [] : validateListTypes(object, schema);

/** What JSON schema says against a value. */
export function validateValue(value: unknown, schema: StructuralSchema, old?: unknown): FieldError[] {
  const validator = validators.get(schema) ?? new ValueValidator(schema.props);
  validators.set(schema, validator);
  return (old === undefined ? validator.validate(value) : validator.validate(value, old)).map(({ error }) => error);
}
