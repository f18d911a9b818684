import { adapt } from './adapt.ts';
import { heedIdentities } from './associative-lists.ts';
import { CelError } from './cel-error.ts';
import { type CostBudget, CostMeter } from './cost.ts';
import { type Scope, scopeOf, type Variables } from './environment.ts';
import { estimateCost } from './estimate/estimate.ts';
import type { Extent } from './estimate/extent.ts';
import { compileError, literalError, originalName, runError, typeName } from './issues.ts';
import { findLiteralIssue } from './literals.ts';
import { meterTree } from './metering.ts';
import { markOptionalEntries } from './optional-entries.ts';
import { fromCel, RawValue } from './values.ts';

export interface CompileOptions {
  /** What the expression may name. The same object with many expressions saves work. */
  variables: Variables;
  /** The type it must give, or several that will do; anything if left out. */
  result?: string | readonly string[];
}

export interface EvaluateOptions {
  /** Shared by all expressions of a request; the limit of a single evaluation holds in any case. */
  budget?: CostBudget;
}

/** A checked expression, to be evaluated any number of times. */
export interface Program {
  readonly expression: string;
  /** What it gives, as CEL writes types; good as a CelType. */
  readonly resultType: string;
  /** What an evaluation costs at most where the variables are no larger than this: what a definition is refused for. */
  estimate(variables: Extent): number;
  /**
   * JSON values in, a JSON value out (times and quantities as their text; integers beyond 2⁵³ lose precision). Variables left out
   * don't exist for this evaluation. Throws CelError.
   */
  evaluate(variables: Readonly<Record<string, unknown>>, options?: EvaluateOptions): unknown;
  /** As `evaluate`, with the value as it is, for a variable of another expression. */
  evaluateRaw(variables: Readonly<Record<string, unknown>>, options?: EvaluateOptions): RawValue;
}

/** Longest expression taken, in characters (upstream's 100k code points). */
const maxLength = 100_000;

/** Parses and checks an expression of the Common Expression Language (https://cel.dev) with Kubernetes' additions. Throws CelError. */
export function compile(expression: string, { variables, result }: CompileOptions): Program {
  if (expression.length > maxLength)
    throw new CelError(
      'compile',
      `compilation failed: ERROR: <input>:-1:0: expression code point size exceeds limit: size: ${expression.length}, limit ${maxLength}`,
    );
  const scope = scopeOf(variables);
  const { run, type } = checked(expression, scope);
  requireResult(type, result);
  // Evaluations never overlap: an expression can't wait for anything.
  let meter = new CostMeter();
  heedIdentities(run.ast);
  meterTree(run.ast, { charge: (cost) => meter.charge(cost), nameOf: originalName });
  return {
    expression,
    resultType: type,
    estimate: (root) => estimateCost(run.ast, { root, isVariable: (name) => Object.hasOwn(variables, name), nameOf: originalName }),
    evaluate: (values, options) => fromCel(evaluate(values, options)),
    evaluateRaw: (values, options) => new RawValue(evaluate(values, options)),
  };

  function evaluate(values: Readonly<Record<string, unknown>>, { budget }: EvaluateOptions = {}): unknown {
    const [own, before] = [new CostMeter(), meter];
    meter = own;
    const outcome = attempt(() => run(convert(values, scope)));
    meter = before;
    budget?.spend(own.spent);
    // An expression may have gone on without the part that went over the limit.
    own.charge(0);
    if ('error' in outcome) throw runError(outcome.error);
    return outcome.value;
  }
}

function attempt(run: () => unknown): { value: unknown } | { error: unknown } {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}

interface Checked {
  run: { (context: Record<string, unknown>): unknown; ast: unknown };
  type: string;
}

function checked(expression: string, { environment }: Scope): Checked {
  try {
    const { text, entries } = markOptionalEntries(expression);
    const run = environment.parse(text);
    const issue = findLiteralIssue(run.ast);
    adapt(run.ast, entries);
    const { valid, type = 'dyn', error } = run.check();
    if (!valid) throw error;
    if (issue) throw literalError(issue, expression);
    // Names of object types mean something in their own scope only.
    return { run, type: /\bobject\d/.test(type) ? 'dyn' : type };
  } catch (error) {
    throw compileError(error, expression, (name) => environment.getDefinitions().functions.some((f) => f.name === name));
  }
}

function requireResult(type: string, wanted: CompileOptions['result']): void {
  const types = wanted === undefined ? [] : typeof wanted === 'string' ? [wanted] : wanted;
  if (types.length === 0 || types.includes(type)) return;
  const named = types.map(resultName);
  const expected = named.length === 1 ? named[0] : `one of [${named.join(' ')}]`;
  throw new CelError('result', `must evaluate to ${expected} but got ${resultName(type)}`);
}

/** Results are named a little differently than arguments. */
const resultName = (type: string): string => (type === 'null' ? 'null_type' : typeName(type));

function convert(values: Readonly<Record<string, unknown>>, { conversions }: Scope): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const [name, convert] of conversions) if (values[name] !== undefined) context[name] = convert(values[name]);
  return context;
}
