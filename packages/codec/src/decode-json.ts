import { schema } from '@t8s/api';
import { jsonSyntaxError } from '@t8s/meta';
import { type Canonical, canonicalize, countKeys } from './canonical.ts';
import { DecodeError, decoding } from './decode-error.ts';
import { countFields, strictFieldErrors } from './json-scan.ts';
import { jsonKind } from './mistyped.ts';

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

/** Parses JSON text. Throws DecodeError with encoding/json's words, also for a document that is too deep to work with. */
export function parseJson(bytes: Uint8Array): unknown {
  countFields(bytes);
  return parseText(textOf(bytes));
}

function parseText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return loneSurrogate.test(text) ? wellFormed(value) : value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DecodeError(jsonSyntaxError(text));
  }
}

/** An escape that may stand for half a character. */
const loneSurrogate = /\\u[dD][89a-fA-F]/;

/** Half characters become U+FFFD, as in Go: nobody could read them. `JSON.stringify` escapes just these in lower case. */
const wellFormed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/(\\\\)|\\ud[89a-f][0-9a-f]{2}/g, (_, escaped) => escaped ?? '\ufffd'));

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
        return asObject(parseText(textOf(bytes)));
      });
    },
    finish(root, type) {
      const { object, unknownFields, fields: kept } = type === undefined ? untyped(root) : canonicalize(root, type);
      const told = isCustom(type) ? unknownFields.map(unknownField) : [];
      const clean = unknownFields.length === told.length && kept === fields;
      const met = clean ? [] : strictFieldErrors(textOf(bytes), new Set(told.length > 0 ? [] : unknownFields));
      return { object, strictErrors: [...met, ...told] };
    },
  };
}

export const unknownField = (path: string): string => `unknown field ${JSON.stringify(path)}`;

/** Custom resources are read as they stand, and looked through for what their schema lacks afterwards. */
export const isCustom = (type: string | undefined): boolean => type !== undefined && schema[type]?.structural !== undefined;

/** The canonical form of an object whose type the schema lacks. */
export const untyped = (object: Json): Canonical => ({ object, unknownFields: [], fields: countKeys(object) });

/** A document's root: null counts as an empty object, as in Go. */
export function asObject(value: unknown): Json {
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Json;
  throw new DecodeError(
    `json: cannot unmarshal ${jsonKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
