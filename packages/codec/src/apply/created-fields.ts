/**
 * The fields that come with an object's first version: what `compare` with nothing calls added and modified, in one walk and in
 * order from the start. Creates are the writes that there are most of, and most of them look like others: the walk follows the pieces
 * of which the set's text is made through those of all sets before, and most often ends at one that is known. So objects of one
 * template share theirs.
 */
import { getField, isObject } from '../own-field.ts';
import { equalValues } from './compare.ts';
import type { FieldSet } from './field-set.ts';
import { groupBySteps } from './list-elements.ts';
import type { ListMergeType, MapMergeType, MergeField, MergeType } from './merge-type.ts';
import { compareElements, fieldElement, keyElement, quoted, self } from './path-element.ts';

type Json = Record<string, unknown>;

const nothing: Json = Object.freeze({});
const noElements: readonly unknown[] = Object.freeze([]);

/** `skip` are fields of `metadata` that are not looked at. */
export function createdFields(type: MapMergeType, object: Json, skip: ReadonlySet<string>): FieldSet {
  if (pieces > maxPieces) {
    known = start();
    pieces = 0;
  }
  return new SetWriter().root(type, object, skip);
}

/** A piece of text, after those before it: sets that begin alike have their first ones in common. */
interface Piece {
  text: string;
  before: Piece | undefined;
  after: Map<string, Piece>;
  /** What the text up to here is, where a set ends. */
  set: FieldSet | undefined;
}

const start = (): Piece => ({ text: '{', before: undefined, after: new Map(), set: undefined });
let known = start();
let pieces = 0;
/** Some hundreds of different templates; a set has a piece for each of its fields. */
const maxPieces = 50_000;

function pieceAfter(before: Piece, text: string): Piece {
  const found = before.after.get(text);
  if (found) return found;
  pieces++;
  const piece = { text, before, after: new Map(), set: undefined };
  before.after.set(text, piece);
  return piece;
}

/** The set that ends with this piece. Lists and maps begin with a comma too many. */
function setUpTo(last: Piece): FieldSet {
  const texts: string[] = [];
  for (let piece: Piece | undefined = last; piece; piece = piece.before) texts.push(piece.text);
  const written = texts.reverse().map((text, i) => (texts[i - 1]?.endsWith('{') ? text.slice(1) : text));
  return JSON.parse(`${written.join('')}}`) as FieldSet;
}

/** What a member with others below it begins with. */
const itself = `,"${self}":{}`;

/** A step as it is written: of a member with nothing below it, and where others follow. */
interface Step {
  leaf: string;
  node: string;
}

const stepOf = (step: string): Step => ({ leaf: `,${quoted(step)}:{}`, node: `,${quoted(step)}:{` });

/** A set as it is being written. Nodes that turn out to hold nothing are taken back. */
class SetWriter {
  #at = known;

  root(type: MapMergeType, object: Json, skip: ReadonlySet<string>): FieldSet {
    for (const name of inTextOrder(Object.keys(object))) {
      const value = object[name];
      if (name === 'apiVersion' || name === 'kind' || value === undefined) continue;
      const field = type.fields.get(name);
      if (!field) this.#keyed(type, name, value);
      else if (name === 'metadata' && field.type.kind === 'map') this.#metadata(field.type, value, skip);
      else this.#optional(field, value, !field.embedded || isOpenMap(field.type));
    }
    this.#at.set ??= setUpTo(this.#at);
    return this.#at.set;
  }

  #write(text: string): void {
    this.#at = pieceAfter(this.#at, text);
  }

  /** A node with what `fill` writes below it. What is not new was there before, empty: without anything below it, it is not written. */
  #node(step: Step, isNew: boolean, fill: () => void): void {
    const before = this.#at;
    this.#write(step.node);
    if (isNew) this.#write(itself);
    const empty = this.#at;
    fill();
    if (this.#at !== empty) this.#write('}');
    else {
      this.#at = before;
      if (isNew) this.#write(step.leaf);
    }
  }

  #leaf(step: Step, before: unknown, { value, isNew }: Created): void {
    if (isNew || !equalValues(before, value)) this.#write(step.leaf);
  }

  #metadata(type: MapMergeType, value: unknown, skip: ReadonlySet<string>): void {
    if (!isObject(value)) return;
    this.#node(keyText('metadata'), false, () => {
      for (const field of inOrder(type)) if (!skip.has(field.name)) this.#optional(field, getField(value, field.name), true);
    });
  }

  /** Empty lists and maps are not stored, as Go leaves them out. */
  #optional({ step, type }: MergeField, value: unknown, isNew: boolean): void {
    if (value === undefined) return;
    if (type.kind === 'list' && Array.isArray(value) && value.length === 0) return;
    if (isOpenMap(type) && isObject(value) && isEmpty(value)) return;
    this.#value(stepText(step), type, { value, isNew });
  }

  /** An embedded field is there whenever its owner is. */
  #named(field: MergeField, value: unknown, isNew: boolean): void {
    const { type, step, embedded } = field;
    if (!embedded) this.#optional(field, value, true);
    else if (value !== undefined || isNew)
      this.#value(stepText(step), type, { value: value ?? (type.kind === 'list' ? noElements : nothing), isNew });
  }

  /** A field that a type does not name. */
  #keyed({ element }: MapMergeType, name: string, value: unknown): void {
    if (element) this.#value(keyText(name), element, { value, isNew: true });
  }

  #value(step: Step, type: MergeType, created: Created): void {
    if (type.kind === 'list') this.#list(step, type, created);
    else if (type.kind === 'map') this.#map(step, type, created);
    else if (type.kind === 'any' && type.merges && !isBare(created.value)) this.#any(step, type, created);
    else this.#leaf(step, nothing, created);
  }

  #any(step: Step, type: MergeType, { value, isNew }: Created): void {
    this.#node(step, isNew, () => {
      for (const name of inTextOrder(Object.keys(value as Json)))
        this.#value(keyText(name), type, { value: (value as Json)[name], isNew: true });
    });
  }

  #map(step: Step, type: MapMergeType, created: Created): void {
    const { value, isNew } = created;
    if (type.atomic || (type.embedded.length === 0 && isBare(value))) {
      this.#leaf(step, nothing, created);
      return;
    }
    const object = isObject(value) ? value : nothing;
    this.#node(step, isNew, () => {
      if (type.element) this.#openFields(type, object, isNew);
      else for (const field of inOrder(type)) this.#named(field, getField(object, field.name), isNew);
    });
  }

  /** The fields of a map that takes others than its type names. */
  #openFields(type: MapMergeType, object: Json, isNew: boolean): void {
    const names: string[] = [];
    for (const name in object) if (object[name] !== undefined) names.push(name);
    for (const { name } of type.embedded) if (getField(object, name) === undefined) names.push(name);
    for (const name of inTextOrder(names)) {
      const field = type.fields.get(name);
      if (field) this.#named(field, getField(object, name), isNew);
      else this.#keyed(type, name, object[name]);
    }
  }

  #list(step: Step, type: ListMergeType, created: Created): void {
    const elements = Array.isArray(created.value) ? created.value : noElements;
    if (type.relation === 'atomic' || elements.length === 0) this.#leaf(step, noElements, created);
    else
      this.#node(step, created.isNew, () => {
        if (!this.#namedElements(type, elements)) this.#elements(type, elements);
      });
  }

  /** Elements that share a key are one value. */
  #elements(type: ListMergeType, elements: readonly unknown[]): void {
    const groups = groupBySteps(type, elements);
    for (const step of inStepOrder([...groups.keys()])) {
      const [value, ...others] = groups.get(step) ?? [];
      if (others.length > 0) this.#write(stepText(step).leaf);
      else this.#value(stepText(step), type.element, { value, isNew: true });
    }
  }

  /** Writes elements told apart by one text, in their order, each once: most lists. Tells whether they are. */
  #namedElements({ relation, keys, element: type }: ListMergeType, elements: readonly unknown[]): boolean {
    const key = keys[0];
    if (relation !== 'map' || keys.length !== 1 || key === undefined) return false;
    let last: string | undefined;
    for (const element of elements) {
      const name = isObject(element) ? getField(element, key) : undefined;
      if (typeof name !== 'string' || (last !== undefined && last >= name)) return false;
      last = name;
    }
    const texts = nameTexts(key);
    for (const value of elements) this.#value(texts(getField(value as Json, key) as string), type, { value, isNew: true });
    return true;
  }
}

interface Created {
  value: unknown;
  isNew: boolean;
}

const isOpenMap = (type: MergeType): boolean => type.kind === 'map' && type.fields.size === 0;

/** Texts made of others, which repeat from write to write. */
function remembered<T>(make: (text: string) => T): (text: string) => T {
  const texts = new Map<string, T>();
  return (text) => {
    const found = texts.get(text);
    if (found !== undefined) return found;
    if (texts.size >= maxTexts) texts.clear();
    const made = make(text);
    texts.set(text, made);
    return made;
  };
}

const maxTexts = 2000;
const stepText = remembered(stepOf);
const keyText = remembered((name) => stepOf(fieldElement(name)));
/** By key. */
const nameTexts = remembered((key) => remembered((name) => stepOf(keyElement([key], [name]))));

/** Sorted, as most are already. */
function inTextOrder(texts: string[]): string[] {
  for (let i = 1; i < texts.length; i++) if ((texts[i - 1] as string) > (texts[i] as string)) return texts.sort();
  return texts;
}

function inStepOrder(steps: string[]): string[] {
  for (let i = 1; i < steps.length; i++)
    if (compareElements(steps[i - 1] as string, steps[i] as string) > 0) return steps.sort(compareElements);
  return steps;
}

const orders = new WeakMap<MapMergeType, readonly MergeField[]>();

/** The fields that a type names, in the order of sets. */
function inOrder(type: MapMergeType): readonly MergeField[] {
  const found = orders.get(type);
  if (found) return found;
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
