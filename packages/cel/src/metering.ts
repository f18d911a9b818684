import { callCost, excessCost, operatorCost, stepCost } from './cost.ts';
import { type Evaluate, type Node, nodesOf } from './syntax-tree.ts';

const compared = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', '+']);

/** The library counts nothing: makes every node of a checked tree report its cost before it evaluates. */
export function meterTree(root: unknown, { charge, nameOf }: { charge(cost: number): void; nameOf(name: string): string }): void {
  for (const node of nodesOf(root)) {
    const { macro, alternate } = node.meta;
    // Asking whether a field is there costs nothing.
    if (macro) macro.evaluate = charged(macro.evaluate, macro['isFree'] === true ? 0 : 1);
    else if (!alternate) node.setMeta('evaluate', charged(node.meta.evaluate, stepCost(node.op)));
    meterHandle(node);
  }

  function charged(evaluate: Evaluate, cost: number): Evaluate {
    if (cost === 0) return evaluate;
    return function (evaluator, node, context) {
      charge(cost);
      return evaluate.call(this, evaluator, node, context);
    };
  }

  function meterHandle(node: Node): void {
    const { handle, op } = node;
    if (!handle) return;
    if (op === 'call' || op === 'rcall') {
      const name = nameOf((node.args as [string])[0]);
      node.handle = (args, ...rest) => {
        charge(callCost(name, args as unknown[]));
        const result = handle(args, ...rest);
        charge(excessCost(result));
        return result;
      };
    } else if (compared.has(op)) {
      node.handle = (left, right, ...rest) => {
        charge(operatorCost(op, left, right));
        return handle(left, right, ...rest);
      };
    }
  }
}
