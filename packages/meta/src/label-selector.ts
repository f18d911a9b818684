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
    return this.requirements.every((r) => requirementMatches(r, labels?.[r.key]));
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

const token = /\s*(?:(!=|==|=|!|>|<|\(|\)|,)|([^\s!=<>(),]+))/y;

/** Reads the text form. Throws badRequest with upstream's prefix `unable to parse requirement: `. */
export function parseLabelSelector(text: string): Selector {
  const tokens = tokenize(text);
  const requirements: SelectorRequirement[] = [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const word = (what: string): string => {
    const found = next();
    if (found === '' || /^[!=<>(),]/.test(found)) throw unparsable(`found '${found}', expected: ${what}`);
    return found;
  };
  while (at < tokens.length) {
    requirements.push(readRequirement());
    if (at < tokens.length && next() !== ',') throw unparsable(`found '${tokens[at - 1]}', expected: ',' or 'end of string'`);
    if (at === tokens.length && tokens[at - 1] === ',') throw unparsable(`found '', expected: identifier after ','`);
  }
  return new Selector(requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)));

  function readRequirement(): SelectorRequirement {
    if (tokens[at] === '!') {
      at += 1;
      return checked({ key: word('identifier'), operator: '!', values: [] });
    }
    const key = word("!, identifier, or 'end of string'");
    const operator = tokens[at];
    if (operator === undefined || operator === ',') return checked({ key, operator: 'exists', values: [] });
    at += 1;
    switch (operator) {
      case '=':
      case '==':
      case '!=':
        return checked({ key, operator: operator === '!=' ? '!=' : '=', values: [value()] });
      case '>':
      case '<':
        return checked({ key, operator: operator === '>' ? 'gt' : 'lt', values: [value()] });
      case 'in':
      case 'notin':
        return checked({ key, operator, values: list() });
      default:
        throw unparsable(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  /** A value may be empty: `a=` and `a=,b=c` are legal. */
  function value(): string {
    const found = tokens[at];
    if (found === undefined || found === ',') return '';
    return word('identifier');
  }

  function list(): string[] {
    if (next() !== '(') throw unparsable(`found '${tokens[at - 1] ?? ''}', expected: '('`);
    const values = new Set<string>();
    for (;;) {
      const found = tokens[at];
      if (found === ',' || found === ')') values.add('');
      else values.add(word("',', ')' or identifier"));
      const separator = next();
      if (separator === ')') return [...values].sort();
      if (separator !== ',') throw unparsable(`found '${separator}', expected: ',' or ')'`);
    }
  }
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (!match) throw unparsable(`found '${text}'`);
    tokens.push(match[1] ?? match[2] ?? '');
  }
  return tokens;
}

function checked(requirement: SelectorRequirement): SelectorRequirement {
  const { key, operator, values } = requirement;
  if (!/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(key))
    throw unparsable(
      `<nil>: Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    );
  for (const [i, value] of values.entries()) {
    if (operator === 'gt' || operator === 'lt') {
      if (!/^[+-]?\d+$/.test(value))
        throw unparsable(`values[${i}][${key}]: Invalid value: "${value}": for 'Gt', 'Lt' operators, the value must be an integer`);
    } else if (!/^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/.test(value)) {
      throw unparsable(
        `values[${i}][${key}]: Invalid value: "${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      );
    }
  }
  return requirement;
}

const unparsable = (why: string): Error => badRequest(`unable to parse requirement: ${why}`);
