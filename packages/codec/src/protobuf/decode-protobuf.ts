/** Kubernetes' protobuf encoding, read into the JSON form: what client-go's typed clients and kubectl's generators send. */
import type { FieldSchema } from '@t8s/api';
import { formatMicroTime, formatTime } from '@t8s/meta';
import { canonicalize } from '../canonical.ts';
import { DecodeError } from '../decode-error.ts';
import type { Decoded, Source } from '../decode-json.ts';
import { type NumberTable, numberTable } from './tables.ts';
import { bytesOf, type WireValue, wireFields } from './wire.ts';

type Json = Record<string, unknown>;

/** What every body begins with: `k8s` and a zero. */
const magic = Buffer.from('k8s\0');

/** Whether objects of a type of the schema have a protobuf form. */
export const hasProtobuf = (typeName: string): boolean => numberTable(typeName) !== undefined;

/** Reads one object in canonical form, as `decodeJson` does. Throws DecodeError. */
export function decodeProtobuf(bytes: Uint8Array, { type }: { type: string }): Decoded {
  const source = protobufSource(bytes);
  return source.finish(source.root(), type);
}

export function protobufSource(bytes: Uint8Array): Source {
  let raw = new Uint8Array();
  return {
    root() {
      if (Buffer.compare(bytes.subarray(0, 4), magic) !== 0)
        throw new DecodeError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
      const envelope = bytes.subarray(4);
      raw = Uint8Array.from(bytesOf(envelope, 2) ?? []);
      const typeMeta = bytesOf(envelope, 1) ?? new Uint8Array();
      return { apiVersion: textOf(bytesOf(typeMeta, 1)), kind: textOf(bytesOf(typeMeta, 2)) };
    },
    finish(_root, type) {
      const table = type === undefined ? undefined : numberTable(type);
      if (type === undefined || table === undefined) throw new DecodeError('the type has no protobuf form');
      const { object } = canonicalize(message(raw, table, {}), type);
      return { object, strictErrors: [] };
    },
  };
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

/** Fields with unknown numbers are passed over, as protobuf has it. */
function message(bytes: Uint8Array, table: NumberTable, into: Json): Json {
  for (const [number, value] of wireFields(bytes)) {
    const field = table.get(number);
    if (field === undefined) continue;
    if ('inlined' in field) {
      message(bytesIn(value), field.inlined, into);
      continue;
    }
    const { name, schema, keepZero } = field;
    if (schema.type === 'array') {
      const list = (into[name] as unknown[] | undefined) ?? [];
      list.push(decoded(value, schema.items));
      into[name] = list;
    } else if (schema.type === 'map') {
      into[name] = { ...(into[name] as Json | undefined), ...mapEntry(bytesIn(value), schema.items) };
    } else {
      const result = decoded(value, schema);
      const zero = result === '' || result === 0 || result === false || result === null;
      if (!zero || keepZero) into[name] = result;
    }
  }
  return into;
}

function mapEntry(entry: Uint8Array, items: FieldSchema): Json {
  let value: unknown = items.type === 'string' || items.type === 'bytes' ? '' : undefined;
  for (const [number, wire] of wireFields(entry)) if (number === 2) value = decoded(wire, items);
  return { [textOf(bytesOf(entry, 1))]: value };
}

function decoded(wire: WireValue, field: FieldSchema): unknown {
  switch (field.type) {
    case 'string':
      return textOf(bytesIn(wire));
    case 'boolean':
      return varintIn(wire) !== 0n;
    case 'integer':
      return Number(BigInt.asIntN(field.format === 'int32' ? 32 : 64, varintIn(wire)));
    case 'number':
      if (wire.type !== 'double') throw mistyped;
      return wire.value;
    case 'bytes':
      return Buffer.from(bytesIn(wire)).toString('base64');
    case 'time':
    case 'microtime':
      return timeOf(bytesIn(wire), field.type);
    case 'quantity':
      return textOf(bytesOf(bytesIn(wire), 1));
    case 'intOrString':
      return intOrString(bytesIn(wire));
    case 'any': {
      const raw = bytesOf(bytesIn(wire), 1);
      return raw === undefined || raw.length === 0 ? null : JSON.parse(textOf(raw));
    }
    case 'array':
      return listOf(bytesIn(wire), field.items);
    case 'ref': {
      const table = numberTable(field.ref);
      if (table === undefined) throw new DecodeError(`proto: ${field.ref} has no protobuf form`);
      return message(bytesIn(wire), table, {});
    }
    case 'map':
      throw mistyped;
  }
}

/** A list inside a map is a message of its own. */
function listOf(bytes: Uint8Array, items: FieldSchema): unknown[] {
  const list: unknown[] = [];
  for (const [, value] of wireFields(bytes)) list.push(decoded(value, items));
  return list;
}

const mistyped = new DecodeError('proto: wrong wireType');

function bytesIn(wire: WireValue): Uint8Array {
  if (wire.type !== 'bytes') throw mistyped;
  return wire.value;
}

function varintIn(wire: WireValue): bigint {
  if (wire.type !== 'varint') throw mistyped;
  return wire.value;
}

/** The zero time is no time. */
function timeOf(bytes: Uint8Array, type: 'time' | 'microtime'): string | null {
  if (bytes.length === 0) return null;
  let seconds = 0;
  let nanos = 0;
  for (const [number, wire] of wireFields(bytes)) {
    if (number === 1) seconds = Number(BigInt.asIntN(64, varintIn(wire)));
    else if (number === 2) nanos = Number(BigInt.asIntN(32, varintIn(wire)));
  }
  if (type === 'time') return formatTime(seconds * 1000);
  return formatMicroTime(seconds * 1000).replace(/\d{6}Z$/, `${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z`);
}

function intOrString(bytes: Uint8Array): number | string {
  let isText = false;
  let number = 0;
  let text = '';
  for (const [field, wire] of wireFields(bytes)) {
    if (field === 1) isText = varintIn(wire) === 1n;
    else if (field === 2) number = Number(BigInt.asIntN(32, varintIn(wire)));
    else if (field === 3) text = textOf(bytesIn(wire));
  }
  return isText ? text : number;
}
