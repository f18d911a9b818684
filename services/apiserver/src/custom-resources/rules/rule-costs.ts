/** What the validation rules of a schema may cost, and what is too much (apiextensions' validation, v1.34). */
import { CelError, type Program } from '@t8s/cel';
import { type FieldError, forbiddenField } from '@t8s/meta';
import type { CompiledRule } from './compile-rules.ts';
import { cardinalityOf, type Sized } from './extent.ts';

/** Upstream's StaticEstimatedCostLimit and StaticEstimatedCRDCostLimit. */
const ruleLimit = 10_000_000;
const schemaLimit = 100_000_000;
/** The most costly are named where all together are too many, and of those what is a hundredth of the limit at least. */
const named = 4;

/** Adds up the rules of one schema. */
export class CostLedger {
  #total = 0;
  readonly #costs: { path: string; cost: number }[] = [];

  /** `count`: how often a rule may be asked for one object; infinitely often where only the size of a request limits it. */
  charge({ program, message }: CompiledRule, extent: Sized, { path, count }: { path: string; count: number }): FieldError[] {
    return [
      ...this.#charge(program, extent, {
        path: `${path}.rule`,
        count: Number.isFinite(count) ? count : cardinalityOf(extent),
        what: 'rule',
      }),
      ...(message ? this.#charge(message, extent, { path: `${path}.messageExpression`, count: 1, what: 'messageExpression' }) : []),
    ];
  }

  /** Of all together. */
  errors(path: string): FieldError[] {
    if (this.#total <= schemaLimit) return [];
    const most = this.#costs
      .filter(({ cost }) => cost >= schemaLimit / 100)
      .sort((a, b) => b.cost - a.cost)
      .slice(0, named);
    const why = 'contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema';
    const what = 'x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema';
    return [...most.map((one) => forbiddenField(one.path, why)), forbiddenField(path, excess(what, this.#total, schemaLimit))];
  }

  #charge(program: Program | CelError, extent: Sized, { path, count, what }: { path: string; count: number; what: string }): FieldError[] {
    if (program instanceof CelError) return [];
    const each = program.estimate(extent);
    const cost = each === 0 ? 0 : each * count;
    this.#total += cost;
    this.#costs.push({ path, cost });
    return cost > ruleLimit ? [forbiddenField(path, excess(`estimated ${what} cost`, cost, ruleLimit))] : [];
  }
}

function excess(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`;
  const advice = 'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared';
  return `${what} exceeds budget by factor of ${shown} (${advice})`;
}
