/** What a strategic merge must know of a field: the type behind it and how its list merges. Built once from all kinds. */
import { type FieldSchema, kinds, type ListType, metaLists, schema } from '@t8s/api';
import { unclassified } from '@t8s/meta';
import { goStruct } from '../go-types.ts';

/** The type of a value; undefined where the schema does not say (raw JSON). */
export type Shape = FieldSchema | undefined;

export interface FieldShape {
  /** Of the field's value, or of a list's elements. */
  shape: Shape;
  list: ListType;
}

const replaced: ListType = {};
let lists: Map<string, ListType> | undefined;

export const shapeOf = (typeName: string): Shape => ({ type: 'ref', ref: typeName });

/** Throws what upstream throws where the type has no such field. */
export function fieldShape(owner: Shape, field: string): FieldShape {
  if (owner?.type === 'map') return { shape: owner.items, list: replaced };
  if (owner?.type !== 'ref') return { shape: undefined, list: replaced };
  const found = schema[owner.ref]?.fields[field];
  if (!found) throw unclassified(`unable to find api field in struct ${goStruct(owner.ref)} for the json field ${JSON.stringify(field)}`);
  lists ??= new Map([metaLists, ...kinds.map((kind) => kind.lists ?? {})].flatMap((table) => Object.entries(table)));
  return { shape: found.type === 'array' ? found.items : found, list: lists.get(`${owner.ref}.${field}`) ?? replaced };
}
