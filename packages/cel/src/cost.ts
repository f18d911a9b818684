/**
 * Costs, in the units of cel-go's run-time tracker: 1 for a step, 0.1 for each character a function looks at. Roughly ten million
 * of them take a second upstream (apiserver/pkg/apis/cel).
 */
import { CelError } from './cel-error.ts';

/** The most one evaluation may cost. */
const callLimit = 1_000_000;
/** What all expressions of a request may cost together (upstream's RuntimeCELCostBudget). */
const requestLimit = 10_000_000;

/** What is left to spend; evaluations that share one are stopped together. */
export class CostBudget {
  remaining: number;

  constructor(limit: number = requestLimit) {
    this.remaining = limit;
  }

  /** Throws where it is used up. */
  spend(cost: number): void {
    this.remaining -= cost;
    if (this.remaining < 0)
      throw new CelError('budget', 'validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

/** Counts one evaluation. */
export class CostMeter {
  spent = 0;

  /** Throws at the limit, and from then on at every step: nothing in an expression can catch it for long. */
  charge(cost: number): void {
    this.spent += cost;
    if (this.spent > callLimit) throw new CelError('call-limit', 'operation cancelled: actual cost limit exceeded');
  }

  get exceeded(): boolean {
    return this.spent > callLimit;
  }
}

const creation: Record<string, number> = { list: 10, map: 30 };
/** Operators that only choose between others' values, and literals. */
const free = new Set(['value', '?:', '||', '&&', 'comprehension', 'accuValue', 'accuInc', 'call', 'rcall']);
/** A comprehension appends by making a list of one and adding it. */
const append = 12;

/** What a node costs besides its operands and the values it looks through. */
export function stepCost(op: string): number {
  if (op === 'accuPush') return append;
  return creation[op] ?? (free.has(op) ? 0 : 1);
}

/** Functions that look at every character or element of what they get. */
const thorough = new Set(
  [
    ['startsWith', 'endsWith', 'lowerAscii', 'upperAscii', 'substring', 'trim', 'split', 'join', 'quote', 'charAt', 'format'],
    ['isSorted', 'sum', 'min', 'max', 'indexOf', 'lastIndexOf', 'distinct', 'flatten', 'reverse', 'slice', 'sort'],
    [
      'url',
      'isURL',
      'ip',
      'isIP',
      'isCanonical',
      'cidr',
      'isCIDR',
      'quantity',
      'isQuantity',
      'validate',
      'string',
      'bytes',
      'int',
      'double',
    ],
  ].flat(),
);
/** Functions that look at one argument for each part of the other, and what a character of the second weighs. */
const crossing: Record<string, number> = {
  contains: 0.1,
  replace: 0.1,
  matches: 0.25,
  find: 0.25,
  findAll: 0.25,
  intersects: 1,
  equivalent: 1,
};

/** Of asking the authorizer, whatever is asked. */
export const askingCost = 350_000;

/** What a call costs for looking at these values. */
export function callCost(name: string, args: readonly unknown[]): number {
  if (name === 'check') return askingCost;
  const weight = crossing[name];
  if (weight !== undefined && args.length > 1) {
    const [first, second] = args.slice(-Math.max(2, args.length)).filter((a) => typeof a !== 'object' || size(a) > 0);
    return 1 + Math.max(1, look(first)) * Math.max(1, Math.ceil(size(second) * weight));
  }
  if (!thorough.has(name)) return 1;
  return args.reduce<number>((sum, value) => sum + look(value), 1);
}

/** Texts of a function this long cost as much as if they were looked at: upstream leaves them to the machine's memory. */
const longText = 1_000_000;

export const excessCost = (result: unknown): number => (typeof result === 'string' && result.length > longText ? look(result) : 0);

/** What an operator costs for looking at both sides. */
export function operatorCost(op: string, left: unknown, right: unknown): number {
  if (op === 'in') return Array.isArray(right) ? right.length : 0;
  if (op === '+') return look(left) + look(right);
  return Math.min(look(left), look(right));
}

/** A tenth for each character, one for each element. */
const look = (value: unknown): number =>
  typeof value === 'string' || value instanceof Uint8Array ? Math.ceil(value.length * 0.1) : size(value);

function size(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 0;
}
