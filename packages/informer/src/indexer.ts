import { type KubeObject, objectKey, type Selector } from '@t8s/meta';

/** Gives the values under which an object is found. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** Objects by key and by the indexes asked for. What it hands out is shared: nobody changes it. */
export class Indexer<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #functions = new Map<string, IndexFunction<T>>();
  readonly #indexes = new Map<string, Map<string, Set<T>>>();

  /** Adds an index; objects already here are entered. An index of that name stays as it is. */
  addIndex(name: string, fn: IndexFunction<T>): void {
    if (this.#functions.has(name)) return;
    this.#functions.set(name, fn);
    this.#indexes.set(name, new Map());
    for (const object of this.#objects.values()) this.#enter(name, fn, object);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  list(selector?: Selector): T[] {
    const all = [...this.#objects.values()];
    return selector ? all.filter((object) => selector.matches(object.metadata.labels)) : all;
  }

  /** Throws on an index nobody asked for. */
  byIndex(name: string, value: string): T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`no index '${name}'`);
    return [...(index.get(value) ?? [])];
  }

  set(object: T): T | undefined {
    const key = objectKey(object);
    const old = this.#objects.get(key);
    if (old) this.#leave(old);
    this.#objects.set(key, object);
    for (const [name, fn] of this.#functions) this.#enter(name, fn, object);
    return old;
  }

  delete(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (old) this.#leave(old);
    this.#objects.delete(key);
    return old;
  }

  #enter(name: string, fn: IndexFunction<T>, object: T): void {
    const index = this.#indexes.get(name);
    for (const value of fn(object)) {
      const entries = index?.get(value);
      if (entries) entries.add(object);
      else index?.set(value, new Set([object]));
    }
  }

  #leave(object: T): void {
    for (const [name, fn] of this.#functions) {
      const index = this.#indexes.get(name);
      for (const value of fn(object)) {
        const entries = index?.get(value);
        entries?.delete(object);
        if (entries?.size === 0) index?.delete(value);
      }
    }
  }
}
