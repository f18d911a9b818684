/** An object without some of its fields (structured-merge-diff's RemoveItems). */
import { isObject, setField } from '../own-field.ts';
import { below, type FieldSet, hasMember } from './field-set.ts';
import { elementStep } from './list-elements.ts';
import type { ListMergeType, MapMergeType, MergeType } from './merge-type.ts';
import { fieldElement } from './path-element.ts';

type Json = Record<string, unknown>;

/** What members of `items` name falls away, with all below it. `object` is not changed; the result shares what stays. */
export function removeItems(type: MapMergeType, object: Json, items: FieldSet): Json {
  const rest = reduced(type, object, items);
  return isObject(rest) ? rest : {};
}

/** Null for what is empty then, or is one value of which a part should go. */
function reduced(type: MergeType | undefined, value: unknown, items: FieldSet): unknown {
  if (type === undefined || type.kind === 'scalar') return value;
  if (type.kind === 'list') return elements(type, value, items);
  if (!isObject(value)) return type.kind === 'any' ? value : null;
  if (type.kind === 'map' ? type.atomic : !type.merges) return null;
  const rest: Json = {};
  for (const [name, inner] of Object.entries(value)) {
    const field = type.kind === 'map' ? type.fields.get(name) : undefined;
    const step = field?.step ?? fieldElement(name);
    if (hasMember(items, step)) continue;
    const inside = below(items, step);
    const innerType = type.kind === 'map' ? (field?.type ?? type.element) : type;
    setField(rest, name, inside ? reduced(innerType, inner, inside) : inner);
  }
  return Object.keys(rest).length > 0 ? rest : null;
}

function elements(type: ListMergeType, value: unknown, items: FieldSet): unknown {
  if (!Array.isArray(value) || type.relation === 'atomic') return null;
  const rest: unknown[] = [];
  for (const element of value) {
    const step = elementStep(type, element);
    if (step instanceof Error) continue;
    if (hasMember(items, step)) continue;
    const inside = below(items, step);
    rest.push(inside ? reduced(type.element, element, inside) : element);
  }
  return rest.length > 0 ? rest : null;
}
