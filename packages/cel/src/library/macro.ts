/** What the library hands to a macro when it is checked and evaluated, as far as ours use it. */
import type { Node } from '../syntax-tree.ts';

export interface Type {
  kind: string;
  keyType?: Type;
  valueType?: Type;
}

export interface Context {
  forkWithVariable(name: string, type: Type): Context;
  reuse(parent: Context): Context;
  setIterValue(value: unknown, evaluator: Evaluator): Context;
}

export interface Checker {
  check(node: Node, context: Context): Type;
  getType(name: string): Type;
  createError(code: string, message: string, node: Node): Error;
}

export interface Evaluator {
  run(node: Node, context: Context): unknown;
}
