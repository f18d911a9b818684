/**
 * The fields that come with an object's first version: what `compare` with nothing calls added and modified, in one walk and in
 * order from the start. Creates are the writes that there are most of, and most of them look like others: the walk writes the set's
 * text, by which sets that were met before are found. So objects of one template share theirs.
 */
import { getField, isObject } from '../own-field.ts';
import { equalValues } from './compare.ts';
import type { FieldSet } from './field-set.ts';
import { elementStep } from './list-elements.ts';
import type { ListMergeType, MapMergeType, MergeField, MergeType } from './merge-type.ts';
import { compareElements, fieldElement, keyElement, quoted, self } from './path-element.ts';

type Json = Record<string, unknown>;

/** The JSON of a node that is a member and nothing else. */
const member = '{}';
/** What a member with others below it begins with. */
const itself = `"${self}":{}`;
/** The text of no node. */
const none = '';
const nothing: Json = Object.freeze({});
const noElements: readonly unknown[] = Object.freeze([]);

const known = new Map<string, FieldSet>();
/** Sets that are kept; longer texts are hardly met twice. */
const maxKnown = 2000;
const maxLength = 16_384;

/** `skip` are fields of `metadata` that are not looked at. */
export function createdFields(type: MapMergeType, object: Json, skip: ReadonlySet<string>): FieldSet {
  const text = rootText(type, object, skip);
  const found = known.get(text);
  if (found) return found;
  const set = JSON.parse(text) as FieldSet;
  if (known.size >= maxKnown) known.clear();
  if (text.length <= maxLength) known.set(text, set);
  return set;
}

function rootText(type: MapMergeType, object: Json, skip: ReadonlySet<string>): string {
  let text = '';
  for (const name of Object.keys(object).sort()) {
    if (name === 'apiVersion' || name === 'kind' || object[name] === undefined) continue;
    const field = type.fields.get(name);
    const value = object[name];
    if (field === undefined) text = entry(text, keyText(name), type.element ? created(type.element, value, true) : none);
    else if (name === 'metadata' && field.type.kind === 'map') text = entry(text, stepText(field.step), metadata(field.type, value, skip));
    else text = entry(text, stepText(field.step), optional(field, value, !field.embedded || isOpenMap(field.type)));
  }
  return braced(text);
}

/** The entries of a node with one more. */
function entry(entries: string, step: string, node: string): string {
  if (node === none) return entries;
  return entries === '' ? `${step}:${node}` : `${entries},${step}:${node}`;
}

const braced = (entries: string): string => `{${entries}}`;

function metadata(type: MapMergeType, value: unknown, skip: ReadonlySet<string>): string {
  if (!isObject(value)) return none;
  let text = '';
  for (const { step, field } of inOrder(type))
    if (!skip.has(field.name)) text = entry(text, step, optional(field, getField(value, field.name), true));
  return text === '' ? none : braced(text);
}

/** Empty lists and maps are not stored, as Go leaves them out. */
function optional({ type }: MergeField, value: unknown, isNew: boolean): string {
  if (value === undefined) return none;
  if (type.kind === 'list' && Array.isArray(value) && value.length === 0) return none;
  if (isOpenMap(type) && isObject(value) && isEmpty(value)) return none;
  return created(type, value, isNew);
}

const isOpenMap = (type: MergeType): boolean => type.kind === 'map' && type.fields.size === 0;

/** The node of a value: what is not new was there before, empty. */
function created(type: MergeType, value: unknown, isNew: boolean): string {
  if (type.kind === 'list') return list(type, value, isNew);
  if (type.kind === 'map') return map(type, value, isNew);
  if (type.kind !== 'any' || !type.merges || isBare(value)) return leaf(nothing, value, isNew);
  let text = isNew ? itself : '';
  for (const name of Object.keys(value as Json).sort()) text = entry(text, keyText(name), created(type, (value as Json)[name], true));
  return braced(text);
}

const leaf = (before: unknown, value: unknown, isNew: boolean): string => (isNew || !equalValues(before, value) ? member : none);

function map(type: MapMergeType, value: unknown, isNew: boolean): string {
  if (type.atomic || (type.embedded.length === 0 && isBare(value))) return leaf(nothing, value, isNew);
  const object = isObject(value) ? value : nothing;
  let text = '';
  if (type.element) text = openFields(type, object, isNew);
  else for (const { step, field } of inOrder(type)) text = entry(text, step, named(field, getField(object, field.name), isNew));
  return parent(text, isNew);
}

/** A node that holds others. */
function parent(entries: string, isNew: boolean): string {
  if (entries === '') return isNew ? member : none;
  return braced(isNew ? `${itself},${entries}` : entries);
}

/** The fields of a map that takes others than its type names. */
function openFields({ fields, element, embedded }: MapMergeType, object: Json, isNew: boolean): string {
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  for (const { name } of embedded) if (getField(object, name) === undefined) names.push(name);
  let text = '';
  for (const name of names.sort()) {
    const field = fields.get(name);
    if (field) text = entry(text, stepText(field.step), named(field, getField(object, name), isNew));
    else text = entry(text, keyText(name), element ? created(element, object[name], true) : none);
  }
  return text;
}

const named = (field: MergeField, value: unknown, isNew: boolean): string =>
  field.embedded ? embedded(field, value, isNew) : optional(field, value, true);

/** A field that is there whenever its owner is. */
function embedded({ type }: MergeField, value: unknown, isNew: boolean): string {
  if (value === undefined && !isNew) return none;
  return created(type, value ?? (type.kind === 'list' ? noElements : nothing), isNew);
}

/** Elements that share a key are one value. */
function list(type: ListMergeType, value: unknown, isNew: boolean): string {
  const elements = Array.isArray(value) ? value : noElements;
  if (type.relation === 'atomic' || elements.length === 0) return leaf(noElements, value, isNew);
  const simple = namedElements(type, elements);
  if (simple !== undefined) return parent(simple, isNew);
  const nodes = new Map<string, string>();
  for (const element of elements) {
    const step = elementStep(type, element);
    if (typeof step === 'string') nodes.set(step, nodes.has(step) ? member : created(type.element, element, true));
  }
  let text = '';
  for (const step of inStepOrder([...nodes.keys()])) text = entry(text, stepText(step), nodes.get(step) ?? none);
  return parent(text, isNew);
}

/** Elements told apart by one text, each of them once: most lists. Undefined for others. */
function namedElements(type: ListMergeType, elements: readonly unknown[]): string | undefined {
  const key = type.keys[0];
  if (type.relation !== 'map' || type.keys.length !== 1 || key === undefined) return undefined;
  const names: string[] = [];
  let isOrdered = true;
  for (const element of elements) {
    const name = isObject(element) ? getField(element, key) : undefined;
    if (typeof name !== 'string') return undefined;
    if (names.length > 0 && (names[names.length - 1] as string) >= name) isOrdered = false;
    names.push(name);
  }
  const order = [...names.keys()];
  if (!isOrdered) {
    if (new Set(names).size < names.length) return undefined;
    order.sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  }
  let text = '';
  for (const i of order) text = entry(text, nameText(key, names[i] as string), created(type.element, elements[i], true));
  return text;
}

/** By key, then by name: names repeat from write to write. */
const nameTexts = new Map<string, Map<string, string>>();

function nameText(key: string, name: string): string {
  const texts = nameTexts.get(key) ?? new Map<string, string>();
  nameTexts.set(key, texts);
  const found = texts.get(name);
  if (found !== undefined) return found;
  if (texts.size >= maxKnown) texts.clear();
  const text = quoted(keyElement([key], [name]));
  texts.set(name, text);
  return text;
}

function inStepOrder(steps: string[]): string[] {
  for (let i = 1; i < steps.length; i++)
    if (compareElements(steps[i - 1] as string, steps[i] as string) > 0) return steps.sort(compareElements);
  return steps;
}

/** Steps in quotes: elements of lists repeat from write to write. */
const stepTexts = new Map<string, string>();

function stepText(step: string): string {
  const found = stepTexts.get(step);
  if (found !== undefined) return found;
  if (stepTexts.size >= maxKnown) stepTexts.clear();
  const text = quoted(step);
  stepTexts.set(step, text);
  return text;
}

const keyText = (name: string): string => quoted(fieldElement(name));

interface OrderedField {
  field: MergeField;
  /** Its step in quotes. */
  step: string;
}

const orders = new WeakMap<MapMergeType, readonly OrderedField[]>();

/** The fields that a type names, in the order of sets. */
function inOrder(type: MapMergeType): readonly OrderedField[] {
  const known = orders.get(type);
  if (known) return known;
  const order = [...type.fields.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((field) => ({ field, step: stepText(field.step) }));
  orders.set(type, order);
  return order;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** Absent, null or empty. */
const isBare = (value: unknown): boolean => !isObject(value) || isEmpty(value);
