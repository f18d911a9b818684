/** The text form of label selectors, with the words of apimachinery's `labels` package (v1.34) for what it can't understand. */

import { aggregate } from './aggregate.ts';
import { badRequest } from './errors.ts';
import { type FieldError, fieldErrorMessage, invalidValue } from './field-error.ts';
import { Selector, type SelectorOperator, type SelectorRequirement } from './label-selector.ts';
import { isLabelValue, isQualifiedName } from './names.ts';

const operators: Record<string, SelectorOperator> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '=',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

/** Reads `app=web,tier in (a,b),!old`. Throws badRequest. */
export function parseLabelSelector(text: string): Selector {
  const tokens = new Tokens(text);
  const requirements: SelectorRequirement[] = [];
  while (tokens.next !== '') {
    if (!tokens.isWord && tokens.next !== '!') throw badRequest(`found '${tokens.next}', expected: !, identifier, or 'end of string'`);
    requirements.push(requirement(tokens));
    const separator = tokens.take();
    if (separator === '') break;
    if (separator !== ',') throw badRequest(`found '${separator}', expected: ',' or 'end of string'`);
    if (!tokens.isWord && tokens.next !== '!') throw badRequest(`found '${tokens.next}', expected: identifier after ','`);
  }
  return new Selector(requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)));
}

function requirement(tokens: Tokens): SelectorRequirement {
  const negated = tokens.next === '!';
  if (negated) tokens.take();
  if (!tokens.isWord) throw unparsable(`found '${tokens.next}', expected: identifier`);
  const key = tokens.take();
  const [badKey] = [isQualifiedName(key)].filter((errors) => errors.length > 0);
  if (badKey) throw unparsable(fieldErrorMessage(invalidValue('<nil>', key, badKey.join('; '))));
  if (tokens.next === '' || tokens.next === ',') return { key, operator: negated ? '!' : 'exists', values: [] };
  const sign = tokens.take();
  const operator = operators[sign];
  if (!operator) throw unparsable(`found '${sign}', expected: in, notin, =, ==, !=, gt, lt`);
  const values = operator === 'in' || operator === 'notin' ? valueList(tokens) : [exactValue(tokens)];
  checkValues(key, operator, values);
  return { key, operator, values };
}

/** A value may be empty: `a=` and `a=,b=c` are legal. */
function exactValue(tokens: Tokens): string {
  if (tokens.next === '' || tokens.next === ',') return '';
  if (!tokens.isWord) throw unparsable(`found '${tokens.next}', expected: identifier`);
  return tokens.take();
}

/** `(a,b)`; what is empty between commas is the empty value. */
function valueList(tokens: Tokens): string[] {
  const open = tokens.take();
  if (open !== '(') throw unparsable(`found '${open}' expected: '('`);
  if (!tokens.isWord && tokens.next !== ',' && tokens.next !== ')')
    throw unparsable(`found '${tokens.next}', expected: ',', ')' or identifier`);
  const values = new Set<string>();
  for (;;) {
    if (tokens.isWord) values.add(tokens.take());
    else if (tokens.next === ',' || tokens.next === ')') values.add('');
    else throw unparsable(`found '${tokens.next}', expected: ',', or identifier`);
    const separator = tokens.take();
    if (separator === ')') return [...values].sort();
    if (separator !== ',') throw unparsable(`found '${separator}', expected: ',' or ')'`);
  }
}

function checkValues(key: string, operator: SelectorOperator, values: readonly string[]): void {
  const errors: FieldError[] = values.flatMap((value, i) => [
    ...((operator === 'gt' || operator === 'lt') && !/^[+-]?\d+$/.test(value)
      ? [invalidValue(`values[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer")]
      : []),
    ...[isLabelValue(value)]
      .filter((found) => found.length > 0)
      .map((found) => invalidValue(`values[${i}][${key}]`, value, found.join('; '))),
  ]);
  if (errors.length === 0) return;
  throw unparsable(aggregate(errors.map(fieldErrorMessage)));
}

const unparsable = (why: string): Error => badRequest(`unable to parse requirement: ${why}`);

/** Operators, brackets, commas and words, one after the other; '' at the end. */
class Tokens {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/!=|==|[!=<>(),]|[^!=<>(),\s]+/g) ?? [];
  }

  get next(): string {
    return this.#tokens[this.#at] ?? '';
  }

  /** Whether the next one is a key or a value. */
  get isWord(): boolean {
    return /^[^!=<>(),]/.test(this.next);
  }

  take(): string {
    const token = this.next;
    this.#at += 1;
    return token;
  }
}
