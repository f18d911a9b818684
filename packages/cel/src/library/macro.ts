/** What the library hands to a macro when it is checked and evaluated, as far as ours use it. */
import type { Node } from '../syntax-tree.ts';

export interface Type {
  kind: string;
  name: string;
  keyType?: Type;
  valueType?: Type;
  /** The type that both fit, if there is one. */
  unify(registry: Registry, other: Type): Type | null;
  /** Undefined where the field is absent. */
  fieldLazy(value: unknown, field: string, node: Node, evaluator: Evaluator): unknown;
}

export interface Registry {
  getListType(value: Type): Type;
  getMapType(key: Type, value: Type): Type;
}

export interface Context {
  forkWithVariable(name: string, type: Type): Context;
  reuse(parent: Context): Context;
  setIterValue(value: unknown, evaluator: Evaluator): Context;
}

export interface Checker {
  registry: Registry;
  check(node: Node, context: Context): Type;
  getType(name: string): Type;
  createError(code: string, message: string, node: Node): Error;
}

export interface Evaluator {
  debugType(value: unknown): Type;
  run(node: Node, context: Context): unknown;
}
