import { fieldOf, metaFields, type StructuralSchema } from './structural.ts';

type Json = Record<string, unknown>;

/**
 * Takes from an object of the API what its schema does not have; changes it in place. Returns the paths of what went, sorted, as
 * field validation names them: `spec.list[0].unknown`. The root's apiVersion, kind and metadata stay untouched.
 */
export function prune(object: Json, schema: StructuralSchema): string[] {
  const pruning = new Pruning();
  pruning.root(object, schema);
  return pruning.unknown.sort();
}

/** The same for a value within an object, which is an object of the API itself only where its schema says so. */
export function pruneValue(value: unknown, schema: StructuralSchema): void {
  new Pruning().value(value, schema);
}

class Pruning {
  readonly unknown: string[] = [];
  #path: (string | number)[] = [];

  root(object: Json, schema: StructuralSchema): void {
    this.#fields(object, schema, true);
  }

  /** Without a schema objects keep nothing, lists their elements and scalars themselves. */
  value(value: unknown, schema: StructuralSchema | undefined): void {
    if (Array.isArray(value)) this.#list(value, schema);
    else if (typeof value === 'object' && value !== null) this.#fields(value as Json, schema, schema?.embedded === true);
  }

  #fields(object: Json, schema: StructuralSchema | undefined, isRoot: boolean): void {
    for (const [name, value] of Object.entries(object)) {
      if (isRoot && metaFields.has(name)) continue;
      this.#path.push(name);
      if (schema?.properties.has(name) || schema?.additional !== undefined) this.value(value, fieldOf(schema, name));
      else if (!schema?.preservesUnknown) {
        delete object[name];
        this.unknown.push(showPath(this.#path));
      }
      this.#path.pop();
    }
  }

  #list(list: unknown[], schema: StructuralSchema | undefined): void {
    for (const [i, element] of list.entries()) {
      this.#path.push(i);
      if (!schema?.preservesUnknown) this.value(element, schema?.items);
      // What is preserved goes all the way down, as far as no schema says otherwise.
      else if (schema.items) this.value(element, { ...schema.items, preservesUnknown: true });
      this.#path.pop();
    }
  }
}

const showPath = (path: readonly (string | number)[]): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
