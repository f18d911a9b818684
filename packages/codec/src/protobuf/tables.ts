/** Which field of a type a number stands for. */
import { type FieldSchema, fieldNumbers, schema } from '@t8s/api';

export type NumberedField =
  | {
      name: string;
      schema: FieldSchema;
      /** A zero says something: the field is a pointer, or always on the wire. */
      keepZero: boolean;
    }
  /** A message whose fields are, in JSON, fields of the message it stands in. */
  | { inlined: NumberTable };

export type NumberTable = Map<number, NumberedField>;

const tables = new Map<string, NumberTable>();

/** Undefined for types without a protobuf form. */
export function numberTable(typeName: string): NumberTable | undefined {
  const known = tables.get(typeName);
  if (known) return known;
  const source = fieldNumbers[typeName];
  const fields = schema[typeName]?.fields;
  if (source === undefined || fields === undefined) return undefined;
  const table: NumberTable = new Map();
  let last = 0;
  for (const { name, keepZero, path = String(last + 1) } of tokens(source)) {
    const field = fields[name];
    const numbers = path.split('.').map(Number);
    last = numbers.length > 1 ? Number.NaN : (numbers[0] ?? 0);
    if (field) place(table, numbers, { name, schema: field, keepZero });
  }
  tables.set(typeName, table);
  return table;
}

/** The fields of a type that Go leaves out of its JSON where they are zero. */
export const omittedZeros = (typeName: string): ReadonlySet<string> =>
  new Set(tokens(fieldNumbers[typeName] ?? '').flatMap(({ name, keepZero }) => (keepZero ? [] : [name])));

function tokens(source: string): { name: string; keepZero: boolean; path: string | undefined }[] {
  return source.split(' ').map((token) => {
    const [, name = '', mark, path] = /^([^!:]+)(!?)(?::([\d.]+))?$/.exec(token) ?? [];
    return { name, keepZero: mark === '!', path };
  });
}

function place(table: NumberTable, [number = 0, ...inner]: number[], field: NumberedField): void {
  if (inner.length === 0) {
    table.set(number, field);
    return;
  }
  const known = table.get(number);
  const inlined: NumberTable = known && 'inlined' in known ? known.inlined : new Map();
  table.set(number, { inlined });
  place(inlined, inner, field);
}
