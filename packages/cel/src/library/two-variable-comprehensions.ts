/** CEL's macros over positions and elements, or keys and values (ext.TwoVarComprehensions). */
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { evaluationError } from '../cel-error.ts';
import type { Node } from '../syntax-tree.ts';
import type { Checker, Context, Evaluator, Type } from './macro.ts';

interface Call {
  receiver: Node;
  args: [Node, Node, ...Node[]];
}

type Entry = [key: unknown, value: unknown];
/** Evaluates a part of the macro for an entry. */
type Part = (node: Node) => unknown;

interface Shape {
  result: 'bool' | 'list<dyn>' | 'map<dyn, dyn>';
  run(entries: readonly Entry[], parts: readonly Node[], each: (entry: Entry) => Part): unknown;
}

const entriesOf = (value: unknown): Entry[] => {
  if (Array.isArray(value)) return value.map((element, i) => [BigInt(i), element]);
  if (value instanceof Map) return [...value];
  return Object.entries(value as object);
};

/** How many entries meet the condition; a failure counts only where the others don't decide. */
function quantify(entries: readonly Entry[], [condition]: readonly Node[], each: (entry: Entry) => Part, decisive: boolean): boolean {
  let failure: { error: unknown } | undefined;
  for (const entry of entries) {
    try {
      if (condition && each(entry)(condition) === decisive) return decisive;
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure) throw failure.error;
  return !decisive;
}

const chosen = (parts: readonly Node[], part: Part): boolean => parts.length < 2 || parts[0] === undefined || part(parts[0]) === true;
const last = (parts: readonly Node[], part: Part): unknown => {
  const node = parts.at(-1);
  return node && part(node);
};

const transformEntries: Shape['run'] = (entries, parts, each) => {
  const result = new Map<unknown, unknown>();
  for (const entry of entries) {
    const part = each(entry);
    if (!chosen(parts, part)) continue;
    for (const [key, value] of entriesOf(last(parts, part))) {
      if (result.has(key)) throw evaluationError(`insert failed: key ${String(key)} already exists`);
      result.set(key, value);
    }
  }
  return result;
};

const shapes: Readonly<Record<string, { parts: readonly number[] } & Shape>> = {
  all: { parts: [1], result: 'bool', run: (entries, parts, each) => quantify(entries, parts, each, false) },
  exists: { parts: [1], result: 'bool', run: (entries, parts, each) => quantify(entries, parts, each, true) },
  existsOne: {
    parts: [1],
    result: 'bool',
    run: (entries, [condition], each) => entries.filter((entry) => condition && each(entry)(condition) === true).length === 1,
  },
  transformList: {
    parts: [1, 2],
    result: 'list<dyn>',
    run: (entries, parts, each) =>
      entries.flatMap((entry) => {
        const part = each(entry);
        return chosen(parts, part) ? [last(parts, part)] : [];
      }),
  },
  transformMap: {
    parts: [1, 2],
    result: 'map<dyn, dyn>',
    run: (entries, parts, each) =>
      new Map(
        entries.flatMap((entry) => {
          const part = each(entry);
          return chosen(parts, part) ? [[entry[0], last(parts, part)] as const] : [];
        }),
      ),
  },
  transformMapEntry: { parts: [1, 2], result: 'map<dyn, dyn>', run: transformEntries },
};

export function registerTwoVariableComprehensions(env: Environment): void {
  for (const [name, { parts, ...shape }] of Object.entries(shapes))
    for (const count of parts)
      env.registerFunction(
        `list.${name}(${Array(count + 2)
          .fill('ast')
          .join(', ')}): dyn`,
        expander(shape),
      );
}

const expander = (shape: Shape) => (call: Call) => {
  const [first, second, ...parts] = call.args;
  const names = [first, second].map(({ op, args }) => (op === 'id' ? String(args) : undefined));
  let scopes: [Context, Context];
  return {
    receiver: call.receiver,
    parts,
    typeCheck(checker: Checker, _macro: unknown, context: Context): Type {
      const range = checker.check(call.receiver, context);
      const [keyName, valueName] = names;
      if (keyName === undefined || valueName === undefined)
        throw checker.createError('invalid_macro_argument', 'argument must be a simple name', first);
      const dyn = checker.getType('dyn');
      const keyType = range.kind === 'list' ? checker.getType('int') : (range.keyType ?? dyn);
      const outer = context.forkWithVariable(keyName, keyType);
      scopes = [outer, outer.forkWithVariable(valueName, range.valueType ?? dyn)];
      for (const part of parts) checker.check(part, scopes[1]);
      return checker.getType(shape.result);
    },
    evaluate(evaluator: Evaluator, _macro: unknown, context: Context): unknown {
      const each = ([key, value]: Entry): Part => {
        const outer = scopes[0].reuse(context).setIterValue(key, evaluator);
        const inner = scopes[1].reuse(outer).setIterValue(value, evaluator);
        return (node) => evaluator.run(node, inner);
      };
      const range = evaluator.run(call.receiver, context);
      if (typeof range !== 'object' || range === null || range instanceof Optional) throw evaluationError('no such overload');
      return shape.run(entriesOf(range), parts, each);
    },
    async: false,
  };
};
