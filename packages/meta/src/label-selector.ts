/** Label selectors, as text (`app=web,tier in (a,b),!old`) and as the LabelSelector object of the API. */
import { badRequest } from './errors.ts';
import type { LabelSelector } from './object-meta.ts';

export type SelectorOperator = '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface SelectorRequirement {
  key: string;
  operator: SelectorOperator;
  values: readonly string[];
}

/** A conjunction of requirements; without any it matches everything. */
export class Selector {
  readonly requirements: readonly SelectorRequirement[];

  constructor(requirements: readonly SelectorRequirement[]) {
    this.requirements = requirements;
  }

  get empty(): boolean {
    return this.requirements.length === 0;
  }

  matches(labels: Readonly<Record<string, string>> | undefined): boolean {
    // A label is never one that all objects inherit.
    return this.requirements.every((r) => requirementMatches(r, labels && Object.hasOwn(labels, r.key) ? labels[r.key] : undefined));
  }

  toString(): string {
    return this.requirements.map(formatRequirement).join(',');
  }
}

export const everything = new Selector([]);
/** Matches no object: what a nil LabelSelector stands for. */
export const nothing = new Selector([{ key: '', operator: 'in', values: [] }]);

export function requirementMatches({ operator, values }: SelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case '=':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt': {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
      const bound = BigInt(values[0] ?? '0');
      return operator === 'gt' ? BigInt(value) > bound : BigInt(value) < bound;
    }
  }
}

function formatRequirement({ key, operator, values }: SelectorRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${[...values].sort().join(',')})`;
    default:
      return `${key}${operator}${values[0] ?? ''}`;
  }
}

/** The selector of an API object's field: undefined selects nothing, an empty one everything. */
export function toSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return nothing;
  const equals = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): SelectorRequirement => ({ key, operator: '=', values: [value] }),
  );
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }): SelectorRequirement => ({ key, operator: expressionOperator(operator), values }),
  );
  return new Selector([...equals, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)));
}

/** The selector of a plain map, as in Service.spec.selector. */
export function selectorFromMap(labels: Readonly<Record<string, string>>): Selector {
  return toSelector({ matchLabels: labels });
}

function expressionOperator(operator: string): SelectorOperator {
  switch (operator) {
    case 'In':
      return 'in';
    case 'NotIn':
      return 'notin';
    case 'Exists':
      return 'exists';
    case 'DoesNotExist':
      return '!';
    case 'Gt':
      return 'gt';
    case 'Lt':
      return 'lt';
    default:
      throw badRequest(`"${operator}" is not a valid label selector operator`);
  }
}
