/** Literals that can never be right: cel-go's validators of durations, times and regular expressions. */
import { CelError } from './cel-error.ts';
import { readPattern } from './library/regular-expressions.ts';
import { parseDuration, parseTimestamp } from './library/timestamps.ts';
import { type Node, nodesOf } from './syntax-tree.ts';

/** By function: what to make of its last argument. */
const validators: Readonly<Record<string, (text: string) => unknown>> = {
  duration: parseDuration,
  timestamp: parseTimestamp,
  matches: readPattern,
};

export interface LiteralIssue {
  message: string;
  position: number;
}

export function findLiteralIssue(root: unknown): LiteralIssue | undefined {
  for (const { op, args } of nodesOf(root)) {
    if (op !== 'call' && op !== 'rcall') continue;
    const [name, ...rest] = args as [string, ...unknown[]];
    const last = (rest.at(-1) as Node[]).at(-1);
    const validate = validators[name];
    if (!validate || last?.op !== 'value' || typeof last.args !== 'string') continue;
    if (!passes(validate, last.args)) return { message: `invalid ${name} argument`, position: last.start };
  }
  return undefined;
}

function passes(validate: (text: string) => unknown, text: string): boolean {
  try {
    validate(text);
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}
