/** How large the values of a schema may be, as far as a request of 3 MiB allows (apiserver/pkg/cel/common and limits.go, v1.34). */
import type { StructuralSchema } from '@t8s/api';
import type { Extent } from '@t8s/cel';
import { escapeName } from './escape-name.ts';

/** Largest request, in bytes. */
const maxRequest = 3 * 1024 * 1024;

export interface Sized extends Extent {
  /** Least bytes of its JSON. */
  readonly least: number;
  readonly items?: Sized;
  readonly fields?: ReadonlyMap<string, Sized>;
}

const number: Sized = { max: 0, least: 1 };
const boolean: Sized = { max: 0, least: 4 };
/** Texts that stand for something else: least and most bytes, quotes included. */
const formats: Readonly<Record<string, Sized>> = {
  duration: { max: 32, least: 3 },
  date: { max: 12, least: 12 },
  'date-time': { max: 32, least: 21 },
};
const anyText: Sized = { max: maxRequest - 2, least: 2 };

/** Undefined where rules can't see a value. */
export function extentOf(schema: StructuralSchema, isRoot = schema.embedded): Sized | undefined {
  if (schema.intOrString) return { max: maxRequest - 2, least: 1 };
  switch (schema.type) {
    case 'array': {
      const items = schema.items && extentOf(schema.items);
      return items && { max: atLeast0(schema.props.maxItems) ?? Math.floor((maxRequest - 2) / (items.least + 1)), least: 2, items };
    }
    case 'object':
      return objectExtent(schema, isRoot);
    case 'string':
      return formats[schema.props.format ?? ''] ?? textExtent(schema);
    case 'integer':
    case 'number':
      return number;
    case 'boolean':
      return boolean;
    default:
      return undefined;
  }
}

/** How many values there may be in a request where nothing else limits them. */
export const cardinalityOf = ({ least }: Sized): number => Math.floor(maxRequest / (least + 1));

const atLeast0 = (limit: number | undefined): number | undefined => (limit === undefined ? undefined : Math.max(0, limit));

function textExtent({ props: { maxLength, format, enum: values = [] } }: StructuralSchema): Sized {
  // Characters of a limit are up to four bytes each.
  if (maxLength !== undefined) return { max: Math.max(0, maxLength) * (format === 'byte' ? 1 : 4), least: 2 };
  if (values.length === 0 || format === 'byte') return anyText;
  return { max: Math.max(...values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0))), least: 2 };
}

function objectExtent({ props, properties, additional }: StructuralSchema, isRoot: boolean): Sized | undefined {
  if (additional !== undefined && additional !== true) {
    const items = extentOf(additional);
    const keys: Sized = { max: 0, least: 2 };
    return items && { max: atLeast0(props.maxProperties) ?? Math.floor((maxRequest - 2) / (items.least + 6)), least: 2, items, keys };
  }
  const fields = new Map<string, Sized>();
  let least = 2;
  for (const [name, property] of properties) {
    const escaped = escapeName(name);
    const extent = extentOf(property);
    if (escaped === undefined || extent === undefined) continue;
    fields.set(escaped, extent);
    // What has a default need not be sent.
    if (props.required?.includes(name) && property.default === undefined) least += name.length + extent.least + 4;
  }
  if (isRoot) for (const [name, extent] of rootFields) fields.set(name, extent);
  return { max: 0, least, fields };
}

const rootFields: readonly [string, Sized][] = [
  ['apiVersion', anyText],
  ['kind', anyText],
  [
    'metadata',
    {
      max: 0,
      least: 2,
      fields: new Map([
        ['name', anyText],
        ['generateName', anyText],
      ]),
    },
  ],
];
