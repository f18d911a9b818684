/**
 * The fields that come with an object's first version: what `compare` with nothing calls added and modified, in one walk and in
 * order from the start. Creates are the writes that there are most of.
 */
import { getField, isObject } from '../own-field.ts';
import { equalValues } from './compare.ts';
import type { FieldSet } from './field-set.ts';
import { elementStep } from './list-elements.ts';
import type { ListMergeType, MapMergeType, MergeField, MergeType } from './merge-type.ts';
import { compareElements, fieldElement, self } from './path-element.ts';

type Json = Record<string, unknown>;
type Node = Record<string, FieldSet>;

const member: FieldSet = Object.freeze({});
const nothing: Json = Object.freeze({});
const noElements: readonly unknown[] = Object.freeze([]);

/** `skip` are fields of `metadata` that are not looked at. */
export function createdFields(type: MapMergeType, object: Json, skip: ReadonlySet<string>): FieldSet {
  const set: Node = {};
  for (const name of Object.keys(object).sort()) {
    if (name === 'apiVersion' || name === 'kind' || object[name] === undefined) continue;
    const field = type.fields.get(name);
    const value = object[name];
    if (field === undefined) put(set, fieldElement(name), type.element && created(type.element, value, true));
    else if (name === 'metadata' && field.type.kind === 'map') put(set, field.step, metadata(field.type, value, skip));
    else put(set, field.step, optional(field, value, !field.embedded || isOpenMap(field.type)));
  }
  return set;
}

function put(set: Node, step: string, node: FieldSet | undefined): void {
  if (node) set[step] = node;
}

function metadata(type: MapMergeType, value: unknown, skip: ReadonlySet<string>): FieldSet | undefined {
  if (!isObject(value)) return undefined;
  const set: Node = {};
  for (const field of inOrder(type)) if (!skip.has(field.name)) put(set, field.step, optional(field, getField(value, field.name), true));
  return isEmpty(set) ? undefined : set;
}

/** Empty lists and maps are not stored, as Go leaves them out. */
function optional({ type }: MergeField, value: unknown, isNew: boolean): FieldSet | undefined {
  if (value === undefined) return undefined;
  if (type.kind === 'list' && Array.isArray(value) && value.length === 0) return undefined;
  if (isOpenMap(type) && isObject(value) && isEmpty(value)) return undefined;
  return created(type, value, isNew);
}

const isOpenMap = (type: MergeType): boolean => type.kind === 'map' && type.fields.size === 0;

/** The node of a value: what is not new was there before, empty. Undefined where it has no members. */
function created(type: MergeType, value: unknown, isNew: boolean): FieldSet | undefined {
  if (type.kind === 'list') return list(type, value, isNew);
  if (type.kind === 'map') return map(type, value, isNew);
  if (type.kind !== 'any' || !type.merges || isBare(value)) return leaf(nothing, value, isNew);
  const set: Node = isNew ? { [self]: member } : {};
  for (const name of Object.keys(value as Json).sort()) put(set, fieldElement(name), created(type, (value as Json)[name], true));
  return set;
}

const leaf = (before: unknown, value: unknown, isNew: boolean): FieldSet | undefined =>
  isNew || !equalValues(before, value) ? member : undefined;

function map(type: MapMergeType, value: unknown, isNew: boolean): FieldSet | undefined {
  if (type.atomic || (type.embedded.length === 0 && isBare(value))) return leaf(nothing, value, isNew);
  const set: Node = isNew ? { [self]: member } : {};
  const object = isObject(value) ? value : nothing;
  if (type.element) openFields(set, type, object, isNew);
  else for (const field of inOrder(type)) put(set, field.step, named(field, getField(object, field.name), isNew));
  return withoutChildren(set, isNew) ? (isNew ? member : undefined) : set;
}

/** The fields of a map that takes others than its type names. */
function openFields(set: Node, { fields, element, embedded }: MapMergeType, object: Json, isNew: boolean): void {
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  for (const { name } of embedded) if (getField(object, name) === undefined) names.push(name);
  for (const name of names.sort()) {
    const field = fields.get(name);
    if (field) put(set, field.step, named(field, getField(object, name), isNew));
    else put(set, fieldElement(name), element && created(element, object[name], true));
  }
}

const named = (field: MergeField, value: unknown, isNew: boolean): FieldSet | undefined =>
  field.embedded ? embedded(field, value, isNew) : optional(field, value, true);

/** A field that is there whenever its owner is. */
function embedded({ type }: MergeField, value: unknown, isNew: boolean): FieldSet | undefined {
  if (value === undefined && !isNew) return undefined;
  return created(type, value ?? (type.kind === 'list' ? noElements : nothing), isNew);
}

function withoutChildren(set: Node, isNew: boolean): boolean {
  let count = isNew ? -1 : 0;
  for (const _ in set) count++;
  return count === 0;
}

/** Elements that share a key are one value. */
function list(type: ListMergeType, value: unknown, isNew: boolean): FieldSet | undefined {
  const elements = Array.isArray(value) ? value : noElements;
  if (type.relation === 'atomic' || elements.length === 0) return leaf(noElements, value, isNew);
  const nodes = new Map<string, FieldSet>();
  for (const element of elements) {
    const step = elementStep(type, element);
    if (typeof step === 'string') nodes.set(step, nodes.has(step) ? member : (created(type.element, element, true) ?? member));
  }
  if (nodes.size === 0) return isNew ? member : undefined;
  const set: Node = isNew ? { [self]: member } : {};
  for (const step of inStepOrder([...nodes.keys()])) set[step] = nodes.get(step) ?? member;
  return set;
}

function inStepOrder(steps: string[]): string[] {
  for (let i = 1; i < steps.length; i++)
    if (compareElements(steps[i - 1] as string, steps[i] as string) > 0) return steps.sort(compareElements);
  return steps;
}

const orders = new WeakMap<MapMergeType, readonly MergeField[]>();

/** The fields that a type names, in the order of sets. */
function inOrder(type: MapMergeType): readonly MergeField[] {
  const known = orders.get(type);
  if (known) return known;
  const order = [...type.fields.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  orders.set(type, order);
  return order;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** Absent, null or empty. */
const isBare = (value: unknown): boolean => !isObject(value) || isEmpty(value);
