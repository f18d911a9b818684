/**
 * What an expression may cost at most, before it has ever run: cel-go's estimate (checker/cost.go, v0.26), by which Kubernetes refuses
 * rules that are too costly. Numbers of it are part of the API: a rule that is taken today must be taken tomorrow.
 */
import type { Node } from '../syntax-tree.ts';
import { callCostOf, type Operand, operatorCostOf } from './calls.ts';
import { anySize, type Extent, type Size, sizeOf, times, union } from './extent.ts';

/** Where a value comes from: a part of what is given, nowhere (it is made in the expression), or a part nothing is known of. */
type Place = Extent | 'nowhere' | 'unknown';
type Locals = ReadonlyMap<string, Place>;

interface Estimated extends Operand {
  cost: number;
  place: Place;
}

const scalars = /^(bool|int|uint|double|google\.protobuf\.(Timestamp|Duration))$/;
/** Selecting from these is a step; from others nothing is known. */
const selectable = new Set(['map', 'message', 'param']);
const perList = 10;
const perMap = 30;

interface EstimateOptions {
  /** How large the values of variables may be, whichever. */
  root: Extent;
  isVariable(name: string): boolean;
  /** The name that a function has in expressions. */
  nameOf(name: string): string;
}

/** Of a checked syntax tree. */
export function estimateCost(expression: unknown, { root, isVariable, nameOf }: EstimateOptions): number {
  return walk(expression as Node, new Map()).cost;

  function walk(node: Node, locals: Locals): Estimated {
    const of = (inner: unknown): Estimated => walk(inner as Node, locals);
    switch (node.op) {
      case 'value':
        return made(node, 0, sizeOf(lengthOf(node.args)));
      case 'id':
        return at(node, 1, locals.get(String(node.args)) ?? root);
      case '.': {
        const [operand, field] = node.args as [Node, string];
        const { cost, place } = of(operand);
        return at(
          node,
          cost + (selectable.has(kindOf(operand)) ? 1 : 0),
          step(place, (extent) => extent.fields?.get(field)),
        );
      }
      case '[]': {
        const [operand, index] = (node.args as [Node, Node]).map(of) as [Estimated, Estimated];
        return at(
          node,
          operand.cost + index.cost + 1,
          step(operand.place, ({ items }) => items),
        );
      }
      case '.?':
        return made(node, of((node.args as [Node])[0]).cost + 1);
      case '?:': {
        const [condition, yes, no] = (node.args as Node[]).map(of) as [Estimated, Estimated, Estimated];
        return made(node, condition.cost + Math.max(yes.cost, no.cost), union(yes.size, no.size));
      }
      case '&&':
      case '||':
        return made(node, sum((node.args as Node[]).map(of)));
      case '!_':
      case '-_':
        return made(node, of(node.args).cost + 1);
      case 'list': {
        const elements = (node.args as Node[]).map(of);
        return { ...made(node, perList + sum(elements), sizeOf(elements.length)), items: elements.reduce(joined, undefined) };
      }
      case 'map': {
        const entries = (node.args as [Node, Node][]).flat().map(of);
        return made(node, perMap + sum(entries), sizeOf(entries.length / 2));
      }
      case 'call':
      case 'rcall':
        return call(node, locals);
      default: {
        const [left, right] = (node.args as [Node, Node]).map(of) as [Estimated, Estimated];
        const { cost, size } = operatorCostOf(node.op, left, right);
        return made(node, left.cost + right.cost + cost, size);
      }
    }
  }

  function call(node: Node, locals: Locals): Estimated {
    const [called, first, rest] = node.args as [string, Node | Node[], Node[]?];
    const args = rest ?? (first as Node[]);
    const receiver = rest && (first as Node);
    const name = nameOf(called);
    if (name === 'has' && !receiver) {
      // Asking whether a field is there costs nothing beside what it is a field of.
      const [selection] = args as [Node];
      return made(node, walk((selection.args as [Node])[0], locals).cost);
    }
    if (receiver && (node.meta.alternate ?? node.meta.macro)) return loop(node, { name, receiver, args, locals });
    const estimated = args.map((arg) => walk(arg, locals));
    // A namespace is no value.
    const isMember = receiver && !(receiver.op === 'id' && !isVariable(String(receiver.args)) && !locals.has(String(receiver.args)));
    const target = isMember ? walk(receiver, locals) : undefined;
    const full = receiver && !target ? `${String(receiver.args)}.${name}` : name;
    const { cost, size } = callCostOf(full, estimated, target);
    return made(node, sum(estimated) + (target?.cost ?? 0) + cost, size);
  }

  interface Loop {
    name: string;
    receiver: Node;
    args: readonly Node[];
    locals: Locals;
  }

  /** A macro, as what cel-go expands it to: `accu` is looked at in each round, and at the end. */
  function loop(node: Node, { name, receiver, args, locals }: Loop): Estimated {
    const range = walk(receiver, locals);
    const isPair = args.length > 2 && pairs.has(name);
    const items = step(range.place, (extent) => extent.items);
    const keys = step(range.place, (extent) => extent.keys);
    const isList = kindOf(receiver) === 'list';
    const [first, second] = args.map(({ args: variable }) => String(variable));
    const own: [string, Place][] = isPair
      ? [
          [first ?? '', isList ? 'unknown' : keys],
          [second ?? '', items],
        ]
      : [[first ?? '', isList ? items : keys]];
    const inner = new Map([...locals, ...own]);
    const [part = 0, other] = args.slice(isPair ? 2 : 1).map((arg) => walk(arg, inner).cost);
    const rounds = range.size.max;
    const looped = (each: number, { init = 0, result = 1, size = sizeOf(1) } = {}): Estimated =>
      made(node, range.cost + init + times(rounds, each) + result, size);
    /** With a condition before what is made of an element. */
    const collected = (make: number, init: number): Estimated =>
      looped(other === undefined ? part + make : part + Math.max(other + make, 1), { init, size: range.size });
    switch (name) {
      case 'all':
        return looped(part + 3);
      case 'exists':
        return looped(part + 4);
      case 'exists_one':
      case 'existsOne':
        return looped(part + 2, { result: 2 });
      case 'filter':
        return looped(part + 3 + perList, { init: perList, size: range.size });
      case 'transformMap':
        return collected(3, perMap);
      case 'transformMapEntry':
        return collected(2, perMap);
      case 'optMap':
      case 'optFlatMap':
        return made(node, 2 * range.cost + part + perList + 3);
      default:
        return collected(2 + perList, perList);
    }
  }

  /** From a place to a part of it. What is made in the expression counts as the root, as upstream has it. */
  function step(place: Place, into: (extent: Extent) => Extent | undefined): Place {
    if (place === 'nowhere') return root;
    return place === 'unknown' ? place : (into(place) ?? 'unknown');
  }

  function at(node: Node, cost: number, place: Place): Estimated {
    const items = typeof place === 'string' ? undefined : place.items;
    const size = typeof place === 'string' ? typeSize(node) : { min: 0, max: place.max };
    const type = node.checkedType?.valueType?.name ?? 'dyn';
    return { cost, place, size, type: typeOf(node), items: items && { size: { min: 0, max: items.max }, type } };
  }
}

const pairs = new Set(['all', 'exists', 'existsOne', 'transformList', 'transformMap', 'transformMapEntry']);

const made = (node: Node, cost: number, size: Size = typeSize(node)): Estimated => ({
  cost,
  place: 'nowhere',
  size,
  type: typeOf(node),
  items: node.checkedType?.kind === 'list' ? { size: anySize, type: node.checkedType.valueType?.name ?? 'dyn' } : undefined,
});

const typeOf = (node: Node): string => node.checkedType?.name ?? 'dyn';
const kindOf = (node: Node): string => node.checkedType?.kind ?? 'dyn';
const typeSize = (node: Node): Size => (scalars.test(typeOf(node).replace(/^optional<(.*)>$/, '$1')) ? sizeOf(1) : anySize);
const sum = (parts: readonly Estimated[]): number => parts.reduce((total, { cost }) => total + cost, 0);
const joined = (all: Operand['items'], { size, type }: Estimated): Operand['items'] => ({ size: all ? union(all.size, size) : size, type });

/** Of a literal. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  return value instanceof Uint8Array ? value.length : 1;
}
