/**
 * Brings a parsed document into the form its type has on the wire, in one walk: values checked as Go's decoder would,
 * quantities and times in canonical text, nulls, unknown fields and zeros that Go leaves out dropped. Objects are changed in place and only
 * rebuilt where a field falls away.
 */
import { embeddedObjects, type FieldSchema, metaFields, prune, type StructuralSchema, schema, type TypeSchema } from '@t8s/api';
import { quantityError, tryParseQuantity } from '@t8s/meta';
import { base64Error } from './base64.ts';
import { canonicalTime } from './canonical-time.ts';
import { DecodeError } from './decode-error.ts';
import { maxStrictErrors } from './json-scan.ts';
import { jsonMistyped, type Mistyped } from './mistyped.ts';
import { omittedZeros } from './protobuf/tables.ts';

type Json = Record<string, unknown>;

interface CompiledType {
  source: TypeSchema;
  name: string;
  fields: Record<string, CompiledField>;
  /** `metadata` and `spec` of a kind: there even when the document leaves them out. */
  always: readonly string[];
}

interface CompiledField {
  schema: FieldSchema;
  /** The type behind a `ref`, resolved on first use: types refer to each other in circles. */
  target?: CompiledType;
  items?: CompiledField;
  /** An empty list or map is the same as none, and not written. */
  dropsEmpty: boolean;
  /** So is an empty text, zero or false. */
  dropsZero: boolean;
  owner: string;
}

export interface Canonical {
  object: Json;
  /** Paths of fields the type does not have, as strict decoding names them; not more than it tells. */
  unknownFields: string[];
  /** All fields of the document, the dropped ones included. */
  fields: number;
}

const compiledTypes = new Map<string, CompiledType>();

/** Canonicalises `object` as `typeName` of the schema. Throws DecodeError, in the given words, on the first value of a wrong type. */
export function canonicalize(object: Json, typeName: string, words: (mistyped: Mistyped) => string = jsonMistyped): Canonical {
  const type = compiled(typeName);
  const { structural } = type.source;
  const walk = new Walk(words);
  if (structural) return custom(object, { type, structural, walk });
  const result = walk.struct(type, object);
  return { object: result, unknownFields: walk.unknownFields, fields: walk.fields };
}

/** A custom resource: read as JSON, but for its metadata; its schema says what is kept, and validation what is wrong. */
function custom(object: Json, { type, structural, walk }: { type: CompiledType; structural: StructuralSchema; walk: Walk }): Canonical {
  const fields = countKeys(object);
  const meta = walk.struct(type, Object.fromEntries(Object.entries(object).filter(([name]) => metaFields.has(name))));
  for (const name of metaFields) if (name in object && !(name in meta)) delete object[name];
  Object.assign(object, meta);
  const unknownFields = walk.unknownFields.concat(prune(object, structural));
  for (const { object: inner, path } of embeddedObjects(object, structural)) unknownFields.push(...embeddedMetadata(inner, path));
  return { object, unknownFields: unknownFields.slice(0, maxStrictErrors), fields };
}

/** Brings the metadata of an object within another into its form; what is no metadata is left for validation to refuse. */
function embeddedMetadata(object: Json, path: string): string[] {
  if (!isObject(object['metadata'])) return [];
  try {
    const { object: metadata, unknownFields } = canonicalize(structuredClone(object['metadata']), 'ObjectMeta');
    object['metadata'] = metadata;
    return unknownFields.map((field) => `${path}.metadata.${field}`);
  } catch (error) {
    if (error instanceof DecodeError) return [];
    throw error;
  }
}

/** Keys at all levels of a document without a type. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  for (const key in value) count += 1 + countKeys((value as Json)[key]);
  return count;
}

function compiled(name: string): CompiledType {
  const source: TypeSchema | undefined = schema[name];
  const known = compiledTypes.get(name);
  if (known && known.source === source) return known;
  if (!source) throw new Error(`the schema has no type ${name}`);
  const fields: Record<string, CompiledField> = Object.create(null);
  const omitted = omittedZeros(name);
  for (const [field, fieldSchema] of Object.entries(source.fields)) {
    const dropsZero = omitted.has(field) && !fieldSchema.required && withZero.has(fieldSchema.type);
    fields[field] = { ...compiledField(fieldSchema, `${name}.${field}`), dropsZero };
  }
  const isKind = 'kind' in fields && fields['metadata']?.schema.type === 'ref';
  const type = { source, name, fields, always: isKind ? ['metadata', 'spec'].filter((f) => fields[f]?.schema.type === 'ref') : [] };
  compiledTypes.set(name, type);
  return type;
}

function compiledField(fieldSchema: FieldSchema, owner: string): CompiledField {
  const composite = fieldSchema.type === 'array' || fieldSchema.type === 'map';
  const dropsEmpty = composite && !fieldSchema.required && !writtenEmpty.has(owner);
  return { schema: fieldSchema, owner, dropsEmpty, dropsZero: false, ...(composite && { items: compiledField(fieldSchema.items, owner) }) };
}

const withZero = new Set(['string', 'boolean', 'integer', 'number', 'bytes']);

/** Lists that Go writes even when they are empty, though no document needs them; and the one whose being empty says something. */
const writtenEmpty = new Set(['Role.rules', 'ClusterRole.rules', 'ObjectMeta.managedFields']);

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value as object) return false;
  return true;
}

/** One document: where the walk is, and what it has met. */
class Walk {
  readonly unknownFields: string[] = [];
  fields = 0;
  /** Field names, array indices, and map keys (as one-element arrays) from the root to the composite at hand. */
  readonly #path: (string | number | [key: string])[] = [];
  #struct = '';
  readonly #words: (mistyped: Mistyped) => string;

  constructor(words: (mistyped: Mistyped) => string) {
    this.#words = words;
  }

  struct(type: CompiledType, object: Json): Json {
    const outer = this.#struct;
    let dropped = false;
    for (const key in object) {
      this.fields++;
      const field = type.fields[key];
      const value = object[key];
      if (field === undefined) {
        this.#unknown(key, value);
        dropped = true;
      } else if (value === null || value === undefined) {
        dropped = true;
      } else {
        this.#struct = type.name;
        const canonical = this.#value(field, value, key);
        if ((field.dropsZero && !canonical) || (field.dropsEmpty && isEmpty(canonical))) {
          object[key] = undefined;
          dropped = true;
        } else if (canonical !== value) object[key] = canonical;
      }
    }
    this.#struct = outer;
    const result = dropped
      ? Object.fromEntries(Object.entries(object).filter(([k, v]) => v !== null && v !== undefined && k in type.fields))
      : object;
    for (const field of type.always) result[field] ??= {};
    return result;
  }

  #value(field: CompiledField, value: unknown, at: string | number | [string]): unknown {
    const { schema } = field;
    switch (schema.type) {
      case 'string':
        return typeof value === 'string' ? value : this.#mistyped(field, value, at);
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#mistyped(field, value, at);
      case 'number':
        return Number.isFinite(value) ? value : this.#mistyped(field, value, at);
      case 'integer': {
        const fits =
          Number.isInteger(value) &&
          (schema.format === 'int64' ? Math.abs(value as number) < 2 ** 63 : (value as number) === ((value as number) | 0));
        return fits ? value : this.#mistyped(field, value, at);
      }
      case 'ref':
        return this.#ref(field, value, at, schema.ref);
      case 'array':
        return Array.isArray(value) ? this.#array(field, value, at) : this.#mistyped(field, value, at);
      case 'map':
        return isObject(value) ? this.#map(field, value, at) : this.#mistyped(field, value, at);
      case 'quantity':
        return canonicalQuantity(value);
      case 'time':
      case 'microtime':
        return typeof value === 'string' ? canonicalTime(value, schema.type) : this.#mistyped(field, value, at);
      case 'intOrString':
        if (typeof value === 'string' || (value as number) === ((value as number) | 0)) return value;
        return this.#mistyped(field, value, at);
      case 'bytes': {
        if (typeof value !== 'string') return this.#mistyped(field, value, at);
        const error = base64Error(value);
        if (error !== undefined) throw new DecodeError(error);
        return value;
      }
      case 'any':
        this.fields += countKeys(value);
        return value;
      case 'schemaOr':
        return this.#schemaOr(field, value, at, schema.or);
    }
  }

  #ref(field: CompiledField, value: unknown, at: string | number | [string], ref: string): unknown {
    if (!isObject(value)) return this.#mistyped(field, value, at);
    field.target ??= compiled(ref);
    this.#path.push(at);
    const result = this.struct(field.target, value);
    this.#path.pop();
    return result;
  }

  /** JSON schema takes a boolean or a list in places of a schema. */
  #schemaOr(field: CompiledField, value: unknown, at: string | number | [string], or: 'boolean' | 'schemas' | 'texts'): unknown {
    if (isObject(value)) return this.#ref(field, value, at, 'JSONSchemaProps');
    if (or === 'boolean') {
      if (typeof value === 'boolean') return value;
      throw new DecodeError('boolean or JSON schema expected');
    }
    if (!Array.isArray(value)) return undefined;
    if (or === 'schemas') return this.#array({ ...field, items: schemaElement }, value, at);
    return this.#array({ ...field, items: textElement }, value, at);
  }

  #array(field: CompiledField, values: unknown[], at: string | number | [string]): unknown[] {
    const { items } = field;
    if (items === undefined) return values;
    this.#path.push(at);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      const canonical = value === null ? zero(items.schema) : this.#value(items, value, i);
      if (canonical !== value) values[i] = canonical;
    }
    this.#path.pop();
    return values;
  }

  #map(field: CompiledField, values: Json, at: string | number | [string]): Json {
    const { items } = field;
    if (items === undefined) return values;
    this.#path.push(at);
    for (const key in values) {
      this.fields++;
      const value = values[key];
      const canonical = value === null ? zero(items.schema) : this.#value(items, value, [key]);
      if (canonical !== value) values[key] = canonical;
    }
    this.#path.pop();
    return values;
  }

  #unknown(key: string, value: unknown): void {
    this.fields += countKeys(value);
    if (this.unknownFields.length === maxStrictErrors) return;
    let path = '';
    for (const part of [...this.#path, key])
      path += typeof part === 'number' ? `[${part}]` : `${path === '' ? '' : '.'}${typeof part === 'string' ? part : part[0]}`;
    this.unknownFields.push(path);
  }

  #mistyped(field: CompiledField, value: unknown, at: string | number | [string]): never {
    const path = [...this.#path, at].filter((part) => typeof part === 'string').join('.');
    throw new DecodeError(this.#words({ value, schema: field.schema, owner: field.owner, struct: this.#struct, path }));
  }
}

const schemaElement = compiledField({ type: 'ref', ref: 'JSONSchemaProps' }, 'JSONSchemaProps.items');
const textElement = compiledField({ type: 'string' }, 'JSONSchemaProps.dependencies');

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What null becomes inside a list or map: the zero value of its type. */
function zero(field: FieldSchema): unknown {
  if (field.type === 'string' || field.type === 'bytes') return '';
  if (field.type === 'quantity') return '0';
  return field.type === 'ref' ? {} : null;
}

/** Quantities repeat: pods ask for the same few amounts. */
const quantities = new Map<string, string>();

function canonicalQuantity(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  const known = quantities.get(text);
  if (known !== undefined) return known;
  const quantity = tryParseQuantity(text);
  if (quantity === undefined) throw new DecodeError(quantityError);
  if (quantities.size > 4096) quantities.clear();
  const canonical = quantity.toString();
  quantities.set(text, canonical);
  return canonical;
}
