/** What the library's syntax trees are beyond their published types: where they keep what a node expands to and how it evaluates. */

export interface Node {
  op: string;
  args: unknown;
  pos: number;
  start: number;
  end: number;
  input: string;
  /** Set by the check. */
  checkedType?: { kind: string; name: string; valueType?: { name: string } };
  /** Set by the check: what an operator or call does with evaluated operands. */
  handle?: (...args: unknown[]) => unknown;
  readonly meta: { alternate?: Node; macro?: Macro; evaluate: Evaluate };
  setMeta(key: 'evaluate', value: Evaluate): Node;
  setMeta(key: 'check', value: Check): Node;
  setMeta(key: 'macro', value: Macro): Node;
}

/** Gives a node's type, once those under it are checked. */
export type Check = (checker: unknown, node: Node, context: unknown) => unknown;
export type Evaluate = (this: unknown, evaluator: unknown, node: unknown, context: unknown) => unknown;
export type Macro = Record<string, unknown> & { evaluate: Evaluate };

/** Every node under this one, itself included, each once; what macros expand to is among them. */
export function nodesOf(root: unknown): Node[] {
  const found = new Set<Node>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      if (found.has(value)) return;
      found.add(value);
      visitParts(value.args);
      visit(value.meta.alternate);
      if (value.meta.macro) visitParts(value.meta.macro);
    }
  };
  /** Arguments are nodes, lists of them, or a comprehension's named parts. */
  const visitParts = (parts: unknown): void => {
    if (isNode(parts) || Array.isArray(parts)) visit(parts);
    else if (typeof parts === 'object' && parts !== null) for (const part of Object.values(parts)) visit(part);
  };
  visit(root);
  return [...found];
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'setMeta' in value;
