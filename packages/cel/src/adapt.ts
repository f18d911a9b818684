/**
 * Makes the library's syntax trees those of CEL as Kubernetes has it, before they are checked: the library lets nobody redefine what
 * it brings, so calls are sent to our functions, and literals and has() get checks of our own.
 */
import { Optional } from '@marcbachmann/cel-js';
import { replaced, replacementPrefix } from './environment.ts';
import type { Checker, Context, Evaluator, Type } from './library/macro.ts';
import { type Check, type Macro, type Node, nodesOf } from './syntax-tree.ts';

export function adapt(root: unknown): void {
  const nodes = nodesOf(root);
  for (const node of nodes) {
    const { op, args } = node;
    if (op === 'list' && (args as Node[]).length > 0) node.setMeta('check', checkList as Check);
    if (op === 'map' && (args as Node[][]).length > 0) node.setMeta('check', checkMap as Check);
  }
  // Some calls have other rules for the literals in them.
  for (const node of nodes) if (node.op === 'call' || node.op === 'rcall') adaptCall(node, node.args as [string, Node | Node[], Node[]?]);
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

/** Elements have one type; those of no known type go with any. */
function checkList(checker: Checker, { args }: Node, context: Context): Type {
  const type = joined(checker, args as Node[], {
    context,
    code: 'heterogeneous_list_element',
    what: 'List elements must have the same type',
  });
  return checker.registry.getListType(type);
}

function checkMap(checker: Checker, { args }: Node, context: Context): Type {
  const entries = args as [Node, Node][];
  const of = (i: 0 | 1, code: string, what: string): Type =>
    joined(
      checker,
      entries.map((entry) => entry[i]),
      { context, code, what },
    );
  const key = of(0, 'heterogeneous_map_key', 'Map key uses wrong type');
  return checker.registry.getMapType(key, of(1, 'heterogeneous_map_value', 'Map value uses wrong type'));
}

function joined(checker: Checker, nodes: readonly Node[], { context, code, what }: { context: Context; code: string; what: string }): Type {
  let type: Type | undefined;
  for (const node of nodes) {
    const next = checker.check(node, context);
    const unified = type ? type.unify(checker.registry, next) : next;
    if (!unified) throw checker.createError(code, `${what}, expected type '${type?.name}' but found '${next.name}'`, node);
    type = unified;
  }
  return type ?? checker.getType('dyn');
}

/** has(operand.field), whatever the operand. */
function presenceOf(selection: Node): Macro {
  const [operand, field] = selection.args as [Node, string];
  return {
    isFree: true,
    selection,
    typeCheck(checker: Checker, _macro: unknown, context: Context): Type {
      if (selection.op !== '.') throw checker.createError('invalid_macro_argument', 'has() invalid argument', selection);
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
