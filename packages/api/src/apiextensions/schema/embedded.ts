import { type FieldError, invalidValue, isDns1035Label, isPathSegmentName, type ObjectMeta, required } from '@t8s/meta';
import { conforms } from '../../conforms.ts';
import { validateObjectMeta } from '../../object-meta/validate.ts';
import { fieldOf, type StructuralSchema } from './structural.ts';

type Json = Record<string, unknown>;

/** Objects of the API within others have apiVersion, kind and sound metadata. */
export function validateEmbedded(value: unknown, schema: StructuralSchema, path = ''): FieldError[] {
  return embeddedObjects(value, schema, path).flatMap(({ object, path: at }) => validateObject(object, at));
}

/** The embedded objects of a value, outer ones first, with their paths. */
export function embeddedObjects(value: unknown, schema: StructuralSchema, path = ''): { object: Json; path: string }[] {
  const found: { object: Json; path: string }[] = [];
  visit(value, schema, path, found);
  return found;
}

function visit(value: unknown, schema: StructuralSchema | undefined, path: string, found: { object: Json; path: string }[]): void {
  if (!schema?.hasEmbedded || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [i, element] of value.entries()) visit(element, schema.items, `${path}[${i}]`, found);
    return;
  }
  if (schema.embedded) found.push({ object: value as Json, path });
  for (const [name, inner] of Object.entries(value)) {
    const at = schema.properties.has(name) ? child(path, name) : `${path}[${name}]`;
    visit(inner, fieldOf(schema, name), at, found);
  }
}

/** What an embedded object itself must have. */
function validateObject({ apiVersion, kind, metadata }: Json, path: string): FieldError[] {
  return [
    ...text(child(path, 'apiVersion'), apiVersion, (value) =>
      value.split('/').length > 2 ? [`unexpected GroupVersion string: ${value}`] : [],
    ),
    ...text(child(path, 'kind'), kind, (value) => {
      const problems = isDns1035Label(value.toLowerCase());
      return problems.length > 0 ? [`may have mixed case, but should otherwise match: ${problems.join(',')}`] : [];
    }),
    ...validateMetadata(metadata, path),
  ];
}

function text(path: string, value: unknown, check: (value: string) => string[]): FieldError[] {
  if (value === undefined || value === '') return [required(path)];
  if (typeof value !== 'string') return [invalidValue(path, value, 'must be a string')];
  return check(value).map((problem) => invalidValue(path, value, problem));
}

function validateMetadata(metadata: unknown, path: string): FieldError[] {
  if (metadata === undefined || metadata === null) return [];
  if (!conforms(metadata, 'ObjectMeta')) return [invalidValue(child(path, 'metadata'), metadata, 'must be valid object metadata')];
  const meta = metadata as ObjectMeta;
  const rules = { namespaced: Boolean(meta.namespace), validateName: isPathSegmentName };
  // Templates have no name; the rest is held to the rules all the same.
  return validateObjectMeta({ ...meta, name: meta.name || 'fakename' }, rules).map((error) => ({
    ...error,
    field: child(path, error.field),
  }));
}

const child = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
