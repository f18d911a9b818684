/**
 * Makes the library's syntax trees those of CEL as Kubernetes has it, before they are checked: the library lets nobody redefine what
 * it brings, so calls are sent to our functions, and literals and has() get checks of our own.
 */
import { Optional } from '@marcbachmann/cel-js';
import { replaced, replacementPrefix } from './environment.ts';
import type { Checker, Context, Evaluator, Type } from './library/macro.ts';
import { evaluateList, evaluateMap } from './optional-entries.ts';
import { type Check, type Macro, type Node, nodesOf } from './syntax-tree.ts';

export function adapt(root: unknown, entries: ReadonlySet<number>): void {
  const nodes = nodesOf(root);
  for (const node of nodes) {
    if (node.op === 'list') adaptList(node, node.args as Node[], entries);
    if (node.op === 'map') adaptMap(node, node.args as [Node, Node][], entries);
  }
  // Some calls have other rules for the literals in them.
  for (const node of nodes) if (node.op === 'call' || node.op === 'rcall') adaptCall(node, node.args as [string, Node | Node[], Node[]?]);
}

function adaptList(node: Node, elements: readonly Node[], entries: ReadonlySet<number>): void {
  if (elements.length === 0) return;
  const code = 'heterogeneous_list_element';
  const rules = { code, what: 'List elements must have the same type' };
  node.setMeta('check', ((checker: Checker, _node: Node, context: Context) =>
    checker.registry.getListType(
      joined(checker, elements, { ...rules, context, isOptional: ({ start }) => entries.has(start) }),
    )) as Check);
  if (elements.some(({ start }) => entries.has(start))) node.setMeta('evaluate', evaluateList(elements, entries));
}

function adaptMap(node: Node, pairs: readonly [Node, Node][], entries: ReadonlySet<number>): void {
  if (pairs.length === 0) return;
  const [keys, values] = [pairs.map(([key]) => key), pairs.map(([, value]) => value)];
  const optional = new Set(pairs.filter(([key]) => entries.has(key.start)).map(([, value]) => value));
  node.setMeta('check', ((checker: Checker, _node: Node, context: Context) => {
    const key = joined(checker, keys, { context, code: 'heterogeneous_map_key', what: 'Map key uses wrong type' });
    const rules = { context, code: 'heterogeneous_map_value', what: 'Map value uses wrong type' };
    return checker.registry.getMapType(key, joined(checker, values, { ...rules, isOptional: (value) => optional.has(value) }));
  }) as Check);
  if (optional.size > 0) node.setMeta('evaluate', evaluateMap(pairs, entries));
}

function adaptCall(node: Node, call: [string, Node | Node[], Node[]?]): void {
  const [name, first, rest] = call;
  const args = (rest ?? first) as Node[];
  if (replaced.has(name)) call[0] = replacementPrefix + name;
  // A text is formatted from values of all types.
  if (name === 'format' && args[0]?.op === 'list') args[0].setMeta('check', checkMixed as Check);
  if (name === 'has' && node.op === 'call' && args[0]) node.setMeta('macro', presenceOf(args[0]));
}

function checkMixed(checker: Checker, { args }: Node, context: Context): Type {
  for (const element of args as Node[]) checker.check(element, context);
  return checker.getType('list<dyn>');
}

interface Joining {
  context: Context;
  code: string;
  what: string;
  /** What is optional has the type of its value. */
  isOptional?(node: Node): boolean;
}

/** The one type that all have; those of no known type go with any. */
function joined(checker: Checker, nodes: readonly Node[], { context, code, what, isOptional }: Joining): Type {
  let type: Type | undefined;
  for (const node of nodes) {
    const own = checker.check(node, context);
    const next = isOptional?.(node) ? inner(own) : own;
    if (!next) throw checker.createError(code, `${what}, expected type 'optional<dyn>' but found '${own.name}'`, node);
    const unified = type ? type.unify(checker.registry, next) : next;
    if (!unified) throw checker.createError(code, `${what}, expected type '${type?.name}' but found '${next.name}'`, node);
    type = unified;
  }
  return type ?? checker.getType('dyn');
}

const inner = (type: Type): Type | undefined => (type.kind === 'dyn' ? type : type.kind === 'optional' ? type.valueType : undefined);

/** has(operand.field), whatever the operand. */
function presenceOf(selection: Node): Macro {
  const isSelection = selection.op === '.';
  const [operand, field] = (isSelection ? selection.args : []) as [Node, string];
  return {
    isFree: true,
    selection,
    typeCheck(checker: Checker, _macro: unknown, context: Context): Type {
      if (!isSelection) throw checker.createError('invalid_macro_argument', 'has() invalid argument', selection);
      checker.check(selection, context);
      return checker.getType('bool');
    },
    evaluate(evaluator: unknown, _macro: unknown, context: unknown): boolean {
      const by = evaluator as Evaluator;
      const found = by.run(operand, context as Context);
      const value = found instanceof Optional ? (found.hasValue() ? found.value() : undefined) : found;
      return value !== undefined && by.debugType(value).fieldLazy(value, field, selection, by) !== undefined;
    },
  };
}
