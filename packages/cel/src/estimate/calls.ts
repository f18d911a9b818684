/** What functions cost at most beside their arguments (cel-go's checker and apiserver/pkg/cel/library, v1.34). */
import { askingCost } from '../cost.ts';
import { plus, type Size, sizeOf, times, traversal } from './extent.ts';

/** An argument, or what a member function is called on. */
export interface Operand {
  size: Size;
  /** The library's name of its type. */
  type: string;
  /** Of a list. */
  items: { size: Size; type: string } | undefined;
}

export interface CallCost {
  cost: number;
  size?: Size;
}

type Estimator = (args: readonly Operand[], target: Operand | undefined) => CallCost | undefined;

const one: CallCost = { cost: 1 };
const isText = (type: string): boolean => type === 'string' || type === 'bytes';

/** Looks through the target; the result is as long at most. */
const through: Estimator = (_, target) => target && { cost: traversal(target.size.max), size: target.size };
const throughElements: Estimator = (_, target) => {
  if (!target) return undefined;
  const { items, size } = target;
  if (!items) return { cost: traversal(size.max) };
  return { cost: times(size.max, 1 + (isText(items.type) ? traversal(items.size.max) : 0)) };
};
const throughArgument: Estimator = ([text]) => text && { cost: traversal(text.size.max) };
/** Upstream charges these for what they read where they are members of something only. */
const parsing: Estimator = (args, target) => (target ? throughArgument(args, target) : undefined);
const matching: Estimator = ([pattern], target) =>
  target && pattern && { cost: times(traversal(target.size.max + 1), traversal(pattern.size.max, 0.25)) };
const finding: Estimator = (args, target) => {
  const matched = matching(args, target);
  return matched && target && { ...matched, size: { min: 0, max: target.size.max } };
};
const crossing =
  (factor: number): Estimator =>
  ([left, right]) =>
    left && right && { cost: 1 + times(times(left.size.max, right.size.max), factor) };
/** Of addresses: two of 16 bytes are compared, and what is a text is read first. */
const containing =
  (fixed: number): Estimator =>
  ([other]) => ({ cost: fixed + (other?.type === 'string' ? traversal(other.size.max) : 0) });

const join: Estimator = ([separator], target) => {
  if (!target) return undefined;
  const { size, items } = target;
  const texts = items ? { min: times(size.min, items.size.min), max: times(size.max, items.size.max) } : sizeOf(0);
  const between = (n: number, each: number): number => times(Math.max(0, n - 1), each);
  const separators = separator ? { min: between(size.min, separator.size.min), max: between(size.max, separator.size.max) } : sizeOf(0);
  const all = plus(texts, separators);
  return { cost: traversal(all.max), size: all };
};

const replace: Estimator = ([from, to], target) => {
  if (!target || !from || !to) return undefined;
  const { size } = target;
  return { cost: traversal(size.max, 0.2), size: { min: fewest(size.min, from.size, to.size), max: most(size.max, from.size, to.size) } };
};

function most(length: number, from: Size, to: Size): number {
  // An empty text is found around every character.
  if (from.min === 0) return times(length + 1, to.max) + length;
  return to.max <= from.min ? length : times(Math.ceil(length / from.min), to.max);
}

function fewest(length: number, from: Size, to: Size): number {
  if (from.max === 0) return times(length + 1, to.min) + length;
  return from.max <= to.min ? length : times(Math.ceil(length / from.max), to.min);
}

const estimators: Readonly<Record<string, Estimator>> = {
  ...Object.fromEntries(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'].map((name) => [name, throughElements])),
  ...Object.fromEntries(['lowerAscii', 'upperAscii', 'substring', 'trim'].map((name) => [name, through])),
  ...Object.fromEntries(['cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'ip', 'ip.isCanonical'].map((name) => [name, parsing])),
  ...Object.fromEntries(['startsWith', 'endsWith', 'url'].map((name) => [name, throughArgument])),
  check: () => ({ cost: askingCost }),
  contains: ([part], target) => target && part && { cost: times(traversal(target.size.max), traversal(part.size.max)) },
  matches: matching,
  find: finding,
  findAll: finding,
  replace,
  join,
  split: (_, target) => target && { cost: traversal(target.size.max, 0.2), size: { min: 0, max: target.size.max } },
  format: (_, target) => target && { cost: traversal(target.size.max) },
  containsIP: containing(4),
  containsCIDR: containing(7),
  'sets.contains': crossing(1),
  'sets.intersects': crossing(1),
  'sets.equivalent': crossing(2),
  'strings.quote': ([text]) => text && { cost: traversal(text.size.max), size: { min: text.size.min + 2, max: text.size.max * 2 + 2 } },
  bytes: ([text]) => text && { cost: traversal(text.size.max), size: { min: text.size.min, max: text.size.max * 4 } },
  string: ([value]) =>
    value?.type === 'bytes'
      ? { cost: traversal(value.size.max), size: { min: Math.floor(value.size.min / 4), max: value.size.max } }
      : undefined,
};

/** What a function costs beside its arguments; a namespace is part of its name. */
export const callCostOf = (name: string, args: readonly Operand[], target?: Operand): CallCost =>
  (Object.hasOwn(estimators, name) ? estimators[name]?.(args, target) : undefined) ?? one;

/** What an operator costs beside its operands. */
export function operatorCostOf(op: string, left: Operand, right: Operand): CallCost {
  // Of what has no type there may be texts.
  const ofTexts = isText(left.type) || left.type === 'dyn';
  switch (op) {
    case '+': {
      if (left.type.startsWith('list')) return { cost: 1, size: plus(left.size, right.size) };
      const size = plus(left.size, right.size);
      return ofTexts ? { cost: Math.max(1, traversal(size.max)), size } : one;
    }
    case 'in':
      return { cost: right.type.startsWith('map') ? 1 : right.size.max };
    case '==':
    case '!=':
      return { cost: traversal(Math.min(left.size.max, right.size.max)) };
    default:
      return ['<', '<=', '>', '>='].includes(op) && ofTexts ? { cost: traversal(Math.min(left.size.max, right.size.max)) } : one;
  }
}
