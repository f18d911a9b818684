/** What changed between two versions of an object, field by field (structured-merge-diff's Compare). */
import { getField, isObject } from '../own-field.ts';
import { type FieldSet, FieldSetBuilder } from './field-set.ts';
import { groupBySteps } from './list-elements.ts';
import type { ListMergeType, MapMergeType, MergeType } from './merge-type.ts';
import { fieldElement } from './path-element.ts';

type Json = Record<string, unknown>;

/** No field is in two of these. */
export interface Comparison {
  added: FieldSet;
  /** In both, with other values. */
  modified: FieldSet;
  removed: FieldSet;
}

export interface CompareOptions {
  type: MapMergeType;
  old: Json;
  next: Json;
  /** Fields of `metadata` that are not looked at. */
  skip: ReadonlySet<string>;
  /** `next` is no stored form: empty lists and maps in it count as being there. */
  raw?: boolean;
}

/** Neither object is changed. */
export function compare({ type, old, next, skip, raw = false }: CompareOptions): Comparison {
  const walk = new CompareWalk(raw);
  walk.root(type, old, next, skip);
  return { added: walk.added.build(), modified: walk.modified.build(), removed: walk.removed.build() };
}

const nothing: Json = Object.freeze({});
const noElements: readonly unknown[] = Object.freeze([]);

class CompareWalk {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly #path: string[] = [];
  readonly #raw: boolean;

  constructor(raw: boolean) {
    this.#raw = raw;
  }

  root(type: MapMergeType, old: Json, next: Json, skip: ReadonlySet<string>): void {
    for (const { name, step, type: field, embedded } of type.fields.values()) {
      if (name === 'apiVersion' || name === 'kind') continue;
      const absent = embedded ? nothing : undefined;
      const [before, after] = [getField(old, name), getField(next, name)];
      const left = before === undefined ? absent : before;
      const right = after === undefined ? absent : after;
      if (left === right) continue;
      if (name === 'metadata' && field.kind === 'map') this.#metadata(step, field, { old: left, next: right, skip });
      else this.#optional(step, field, left, right);
    }
    if (type.element) this.#unnamed(type, old, next, (name) => name === 'apiVersion' || name === 'kind');
  }

  #metadata(step: string, type: MapMergeType, { old, next, skip }: { old: unknown; next: unknown; skip: ReadonlySet<string> }): void {
    this.#path.push(step);
    this.#objects(asObject(old), asObject(next), (name, a, b) => {
      const field = type.fields.get(name);
      if (field && !skip.has(name)) this.#optional(field.step, field.type, a, b);
    });
    this.#path.pop();
  }

  #at(step: string, type: MergeType, old: unknown, next: unknown): void {
    this.#path.push(step);
    this.#value(type, old, next);
    this.#path.pop();
  }

  /** At most one of the two is undefined, which means absent. */
  #value(type: MergeType, old: unknown, next: unknown): void {
    if (type.kind === 'list') this.#list(type, old, next);
    else if (type.kind === 'map') this.#map(type, old, next);
    else if (type.kind === 'any' && type.merges) this.#any(type, old, next);
    else this.#leaf(old, next);
  }

  #leaf(old: unknown, next: unknown): void {
    if (old === undefined) this.added.add(this.#path);
    else if (next === undefined) this.removed.add(this.#path);
    else if (!equalValues(old, next)) this.modified.add(this.#path);
  }

  /** After what is inside: a container that came or went did so itself too. */
  #container(old: unknown, next: unknown): void {
    if (old === undefined) this.added.add(this.#path);
    else if (next === undefined) this.removed.add(this.#path);
  }

  /** Objects merge, anything else is one value; where an object came or went in exchange for another value, both say so. */
  #any(type: MergeType, old: unknown, next: unknown): void {
    const isExchanged = old !== undefined && next !== undefined && isObject(old) !== isObject(next);
    if (!isExchanged && isBare(old) && isBare(next)) {
      this.#leaf(old, next);
      return;
    }
    this.#objects(asObject(old), asObject(next), (name, a, b) => this.#at(fieldElement(name), type, a, b));
    if (isExchanged) this.#leaf(old, next);
    else this.#container(old, next);
  }

  #map(type: MapMergeType, old: unknown, next: unknown): void {
    const { fields, embedded } = type;
    if (type.atomic || (embedded.length === 0 && isBare(old) && isBare(next))) {
      this.#leaf(old, next);
      return;
    }
    const left = asObject(old);
    const right = asObject(next);
    for (const { name, step, type: field } of embedded) {
      const a = embeddedValue(old, left, name, field);
      const isLaidOver = this.#raw && (old === undefined || getField(left, name) !== undefined);
      const b = isLaidOver ? getField(right, name) : embeddedValue(next, right, name, field);
      if (a !== b) this.#at(step, field, a, b);
    }
    this.#objects(left, right, (name, old, next) => {
      const field = fields.get(name);
      if (!field) {
        if (type.element) this.#at(fieldElement(name), type.element, old, next);
      } else if (!field.embedded) {
        this.#optional(field.step, field.type, old, next);
      }
    });
    this.#container(old, next);
  }

  #optional(step: string, type: MergeType, old: unknown, next: unknown): void {
    const a = stored(type, old);
    const b = this.#raw ? next : stored(type, next);
    if (a !== b) this.#at(step, type, a, b);
  }

  #unnamed(type: MapMergeType, old: Json, next: Json, isSkipped: (name: string) => boolean): void {
    const { element } = type;
    this.#objects(old, next, (name, a, b) => {
      if (element && !type.fields.has(name) && !isSkipped(name)) this.#at(fieldElement(name), element, a, b);
    });
  }

  #objects(old: Json, next: Json, visit: (name: string, old: unknown, next: unknown) => void): void {
    for (const name in old) {
      const a = old[name];
      const b = getField(next, name);
      if (a !== b) visit(name, a, b);
    }
    for (const name in next) if (next[name] !== undefined && getField(old, name) === undefined) visit(name, undefined, next[name]);
  }

  #list(type: ListMergeType, old: unknown, next: unknown): void {
    const left = asList(old);
    const right = asList(next);
    if (type.relation === 'atomic' || left.length + right.length === 0) {
      this.#leaf(old, next);
      return;
    }
    // The rule: no need to name the elements of a list in which nothing changed.
    if (old !== undefined && next !== undefined && equalValues(left, right)) return;
    const before = groupBySteps(type, left);
    const after = groupBySteps(type, right);
    for (const [step, group] of before) this.#elements(step, type.element, group, after.get(step) ?? noElements);
    for (const [step, group] of after) if (!before.has(step)) this.#elements(step, type.element, noElements, group);
    this.#container(old, next);
  }

  /** Several elements with one key (which only storage of the past holds) are taken as one value. */
  #elements(step: string, type: MergeType, old: readonly unknown[], next: readonly unknown[]): void {
    if (old.length < 2 && next.length < 2) {
      if (old[0] !== next[0]) this.#at(step, type, old[0], next[0]);
      return;
    }
    const path = [...this.#path, step];
    if (old.length >= 2 && next.length >= 2) {
      if (!equalValues(old, next)) this.modified.add(path);
    } else if (old.length >= 2) {
      if (next.length > 0) this.#at(step, type, undefined, next[0]);
      this.removed.add(path);
    } else {
      if (old.length > 0) this.#at(step, type, old[0], undefined);
      this.added.add(path);
    }
  }
}

/** Optional lists and maps that are empty are not stored, as Go leaves them out. */
function stored(type: MergeType, value: unknown): unknown {
  if (type.kind === 'list') return Array.isArray(value) && value.length === 0 ? undefined : value;
  return type.kind === 'map' && type.fields.size === 0 && isObject(value) && isBare(value) ? undefined : value;
}

/** A field that is there whenever its owner is. */
function embeddedValue(owner: unknown, object: Json, name: string, type: MergeType): unknown {
  const value = getField(object, name);
  if (value !== undefined || owner === undefined) return value;
  return type.kind === 'list' ? noElements : nothing;
}

const asObject = (value: unknown): Json => (isObject(value) ? value : nothing);
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : noElements);

/** Absent, null or empty. */
const isBare = (value: unknown): boolean => {
  if (!isObject(value)) return true;
  for (const _ in value) return false;
  return true;
};

/** Equality of JSON, whatever the order of fields. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equalValues(a[i], b[i])) return false;
    return true;
  }
  let count = 0;
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !equalValues((a as Json)[name], (b as Json)[name])) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}
