/** matchConditions (KEP-3716): one that is false excuses a request, one that fails leaves it to the failure policy. */
import { CelError, CostBudget } from '@t8s/cel';
import type { Compiled } from '@t8s/policy';
import type { Activation } from './activation.ts';

/** A quarter of what the expressions of a request may cost (upstream's RuntimeCELCostBudgetMatchConditions). */
const budgetOfConditions = 2_500_000;

export type Match = { matches: boolean } | { error: string };

export function matchConditions(conditions: readonly Compiled[], activation: Activation, failurePolicy: string | undefined): Match {
  const budget = new CostBudget(budgetOfConditions);
  const errors: string[] = [];
  for (const condition of conditions) {
    const result = evaluate(condition, activation, budget);
    if ('error' in result) errors.push(result.error);
    else if (result.value === false) return { matches: false };
  }
  if (errors.length === 0) return { matches: true };
  if (failurePolicy === 'Ignore') return { matches: false };
  const distinct = [...new Set(errors)];
  return { error: distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]` };
}

export type Evaluated = { value: unknown } | { error: string };

/** What an expression gives, or what went wrong in upstream's words. */
export function evaluate(compiled: Compiled, activation: Activation, budget: CostBudget): Evaluated {
  if ('error' in compiled) return { error: `compilation error: ${compiled.error.message}` };
  try {
    return { value: compiled.program.evaluate(activation, { budget }) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (error.reason === 'budget') return { error: error.message };
    return { error: `expression '${compiled.expression}' resulted in error: ${error.message}` };
  }
}
