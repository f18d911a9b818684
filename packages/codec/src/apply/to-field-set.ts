/** The fields an object names, as somebody who applies it says (structured-merge-diff's ToFieldSet). */
import { isObject } from '../own-field.ts';
import { type FieldSet, FieldSetBuilder } from './field-set.ts';
import { groupBySteps } from './list-elements.ts';
import type { ListMergeType, MapMergeType, MergeType } from './merge-type.ts';
import { fieldElement } from './path-element.ts';

type Json = Record<string, unknown>;

export function toFieldSet(type: MapMergeType, object: Json): FieldSet {
  const walk = new FieldWalk();
  walk.fields(type, object);
  return walk.set.build();
}

class FieldWalk {
  readonly set = new FieldSetBuilder();
  readonly #path: string[] = [];

  #value(type: MergeType, value: unknown): void {
    if (isLeaf(type, value)) this.set.add(this.#path);
    else if (type.kind === 'list') this.#list(type, value);
    else if (type.kind === 'map' && isObject(value)) this.fields(type, value);
    else if (type.kind === 'any')
      for (const [name, inner] of Object.entries(value as Json)) this.#field(fieldElement(name), type, inner, false);
  }

  fields({ fields, element }: MapMergeType, object: Json): void {
    for (const [name, value] of Object.entries(object)) {
      const field = fields.get(name);
      const type = field?.type ?? element;
      if (type) this.#field(field?.step ?? fieldElement(name), type, value, field !== undefined);
    }
  }

  /** Fields that the type names are not members where they only hold others; keys of maps always are. */
  #field(step: string, type: MergeType, value: unknown, isNamed: boolean): void {
    this.#path.push(step);
    this.#value(type, value);
    const isBare = value === null || (isObject(value) && Object.keys(value).length === 0);
    if (isBare || !isNamed) this.set.add(this.#path);
    this.#path.pop();
  }

  /** Elements that share a key are one value. */
  #list(type: ListMergeType, value: unknown): void {
    if (!Array.isArray(value)) return;
    for (const [step, elements] of groupBySteps(type, value)) {
      this.#path.push(step);
      if (elements.length === 1) this.#value(type.element, elements[0]);
      this.set.add(this.#path);
      this.#path.pop();
    }
  }
}

/** What is taken as one value. */
function isLeaf(type: MergeType, value: unknown): boolean {
  if (type.kind === 'list') return type.relation === 'atomic';
  if (type.kind === 'map') return type.atomic;
  return type.kind === 'scalar' || !type.merges || !isObject(value);
}

/** `set` with the fields added that types name and that have members below them: what removal goes by. */
export function withNamedFields(set: FieldSet, type: MergeType | undefined): FieldSet {
  const builder = new FieldSetBuilder();
  nameFields(set, type, { path: [], builder });
  return builder.build();
}

interface Naming {
  path: string[];
  builder: FieldSetBuilder;
}

function nameFields(set: FieldSet, type: MergeType | undefined, { path, builder }: Naming): void {
  for (const [step, node] of Object.entries(set)) {
    if (step === '.') continue;
    const { inner, isNamed } = stepInto(type, step);
    path.push(step);
    const steps = Object.keys(node);
    if (isNamed || steps.length === 0 || '.' in node) builder.add(path);
    if (steps.length > 0) nameFields(node, inner, { path, builder });
    path.pop();
  }
}

/** The type behind a step of a path, and whether the step is a field that `type` names. */
export function stepInto(type: MergeType | undefined, step: string): { inner: MergeType | undefined; isNamed: boolean } {
  if (type?.kind === 'map' && step.startsWith('f:')) {
    const field = type.fields.get(step.slice(2));
    return { inner: field?.type ?? type.element, isNamed: field !== undefined };
  }
  if (type?.kind === 'list' && !step.startsWith('f:')) return { inner: type.element, isNamed: false };
  return { inner: type?.kind === 'any' && type.merges ? type : undefined, isNamed: false };
}
