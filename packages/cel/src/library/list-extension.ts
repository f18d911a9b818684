/** CEL's list extension (ext.Lists, version 3), and the ends of lists as optional values. */
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { evaluationError } from '../cel-error.ts';
import { isEqual } from '../equality.ts';
import type { Node } from '../syntax-tree.ts';
import type { Checker, Context, Evaluator, Type } from './macro.ts';

type List = readonly unknown[];

/** Longest list that is made of nothing but a number: a longer one would cost more than an expression may. */
const maxRange = 1_000_000;

function slice(list: List, start: bigint, end: bigint): unknown[] {
  const what = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) throw evaluationError(`${what}, negative indexes not supported`);
  if (start > end) throw evaluationError(`${what}, start index must be less than or equal to end index`);
  if (end > BigInt(list.length)) throw evaluationError(`${what}, list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
}

function flatten(list: List, depth: bigint): unknown[] {
  if (depth < 0n) throw evaluationError('level must be non-negative');
  return list.flat(Number(depth < 100n ? depth : 100n));
}

/** The first of each; scalars are found at once, others by comparing. */
function distinct(list: List): unknown[] {
  const scalars = new Set<unknown>();
  const others: unknown[] = [];
  return list.filter((element) => {
    const key = scalarKey(element);
    if (key === undefined) {
      if (others.some((one) => isEqual(one, element))) return false;
      others.push(element);
      return true;
    }
    if (scalars.has(key)) return false;
    scalars.add(key);
    return true;
  });
}

/** Equal for equal scalars: numbers of all types by their value. */
function scalarKey(value: unknown): unknown {
  if (value instanceof UnsignedInt) return scalarKey(value.valueOf());
  if (typeof value === 'bigint') return BigInt(Number(value)) === value ? Number(value) : value;
  return typeof value === 'object' ? undefined : value;
}

function sortedBy(list: List, keys: List): unknown[] {
  const comparable = keys.map(comparableKey);
  const [first] = comparable;
  if (comparable.some((key) => typeof key !== typeof first)) throw evaluationError('list elements must have the same type');
  const order = [...list.keys()].sort((a, b) => compare(comparable[a], comparable[b]));
  return order.map((i) => list[i]);
}

type Key = string | number | bigint | boolean;

function comparableKey(value: unknown): Key {
  if (value instanceof UnsignedInt) return value.valueOf();
  if (value instanceof Date) return value.getTime();
  if (value instanceof Duration) return Number(value.seconds) + value.nanos / 1e9;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'object' || value === undefined) throw evaluationError('list elements must be comparable');
  return value as Key;
}

const compare = (a: Key | undefined, b: Key | undefined): number =>
  (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;

function range(count: bigint): bigint[] {
  if (count > maxRange) throw evaluationError(`lists.range(${count}) is longer than ${maxRange}`);
  return Array.from({ length: Math.max(0, Number(count)) }, (_, i) => BigInt(i));
}

interface Call {
  receiver: Node;
  args: [Node, Node];
}

/** `list.sortBy(element, key)`. */
const sortBy = ({ receiver, args: [variable, key] }: Call): object => {
  let scope: Context;
  return {
    receiver,
    key,
    typeCheck(checker: Checker, _macro: unknown, context: Context): Type {
      const list = checker.check(receiver, context);
      if (variable.op !== 'id')
        throw checker.createError('invalid_macro_argument', 'sortBy can only be applied to a simple name', variable);
      scope = context.forkWithVariable(String(variable.args), list.valueType ?? checker.getType('dyn'));
      checker.check(key, scope);
      return list;
    },
    evaluate(evaluator: Evaluator, _macro: unknown, context: Context): unknown[] {
      const list = evaluator.run(receiver, context);
      if (!Array.isArray(list)) throw evaluationError('no such overload');
      const keys = list.map((element: unknown) => evaluator.run(key, scope.reuse(context).setIterValue(element, evaluator)));
      return sortedBy(list, keys);
    },
    async: false,
  };
};

export function registerListExtension(env: Environment): void {
  class Lists {}
  const sync = { async: false };
  const end = (list: List, i: number): Optional<unknown> => (list.length === 0 ? Optional.none() : Optional.of(list.at(i)));
  env
    .registerType('lists', { ctor: Lists })
    .registerConstant('lists', 'lists', new Lists())
    .registerFunction('lists.range(int): list<int>', (_: Lists, count: bigint) => range(count), sync)
    .registerFunction('list<A>.slice(int, int): list<A>', slice, sync)
    .registerFunction('list.flatten(): list<dyn>', (list: List) => flatten(list, 1n), sync)
    .registerFunction('list.flatten(int): list<dyn>', flatten, sync)
    .registerFunction('list<A>.distinct(): list<A>', distinct, sync)
    .registerFunction('list<A>.reverse(): list<A>', (list: List) => [...list].reverse(), sync)
    .registerFunction('list<A>.sort(): list<A>', (list: List) => sortedBy(list, list), sync)
    .registerFunction('list<A>.first(): optional<A>', (list: List) => end(list, 0), sync)
    .registerFunction('list<A>.last(): optional<A>', (list: List) => end(list, -1), sync)
    .registerFunction('list.sortBy(ast, ast): dyn', sortBy);
}
