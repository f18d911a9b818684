import { jsonSyntaxError } from '@t8s/meta';
import { type Canonical, canonicalize, countKeys } from './canonical.ts';
import { DecodeError, decoding } from './decode-error.ts';
import { countFields, fieldPaths } from './json-scan.ts';

type Json = Record<string, unknown>;

export interface DecodeOptions {
  /** Type of the schema the document must have; without one it is only parsed. */
  type?: string;
}

export interface Decoded {
  object: Json;
  /** `unknown field "spec.foo"`, `duplicate field "metadata.name"`: what strict field validation refuses, in the document's order. */
  strictErrors: string[];
}

/** Parses JSON text. Throws DecodeError with encoding/json's words. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = textOf(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DecodeError(jsonSyntaxError(text));
  }
}

/** A document in two steps: its root as it stands there, and that root in canonical form. */
export interface Source {
  root(): Json;
  /** With `type` undefined nothing is checked but duplicates. */
  finish(root: Json, type: string | undefined): Decoded;
}

/** Reads one JSON object in canonical form. Throws DecodeError: bad syntax, too deep, or a value of the wrong type. */
export function decodeJson(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  const source = jsonSource(bytes);
  return source.finish(source.root(), options.type);
}

/** Where reading stood when even the kind of a document could not be seen. */
export const interpreting = "couldn't get version/kind; json parse error";

export function jsonSource(bytes: Uint8Array): Source {
  let fields = 0;
  return {
    root() {
      return decoding(interpreting, () => {
        fields = countFields(bytes);
        return asObject(parseJson(bytes));
      });
    },
    finish(root, type) {
      const { object, unknownFields, fields: kept } = type === undefined ? untyped(root) : canonicalize(root, type);
      const clean = unknownFields.length === 0 && kept === fields;
      return { object, strictErrors: clean ? [] : strictErrors(bytes, unknownFields) };
    },
  };
}

/** The canonical form of an object whose type the schema lacks. */
export const untyped = (object: Json): Canonical => ({ object, unknownFields: [], fields: countKeys(object) });

/** A document's root: null counts as an empty object, as in Go. */
export function asObject(value: unknown): Json {
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Json;
  throw new DecodeError(
    `json: cannot unmarshal ${goKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

/** What encoding/json calls a value of JSON. */
export const goKind = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);

/** At most this many are told. */
const maxStrictErrors = 100;

function strictErrors(bytes: Uint8Array, unknownFields: readonly string[]): string[] {
  const unknown = new Set(unknownFields);
  const seen = new Set<string>();
  const errors = new Set<string>();
  for (const path of fieldPaths(textOf(bytes))) {
    if (unknown.has(path)) errors.add(`unknown field ${JSON.stringify(path)}`);
    else if (seen.has(path) && !unknownFields.some((field) => path.startsWith(`${field}.`) || path.startsWith(`${field}[`)))
      errors.add(`duplicate field ${JSON.stringify(path)}`);
    seen.add(path);
  }
  return [...errors].slice(0, maxStrictErrors);
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
