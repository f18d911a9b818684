/**
 * Optional entries of literals, `[?element]` and `{?key: value}`, which the library's parser doesn't know: they are found in the text,
 * read as ordinary ones, and taken for what they are afterwards.
 */
import { Optional } from '@marcbachmann/cel-js';
import { evaluationError } from './cel-error.ts';
import type { Context, Evaluator } from './library/macro.ts';
import type { Evaluate, Node } from './syntax-tree.ts';

export interface Marked {
  /** The expression with a space for each mark of an optional entry: all else is where it was. */
  text: string;
  /** Where the optional entries begin. */
  entries: ReadonlySet<number>;
}

const tokens = /\/\/[^\n]*|[rR]?("""|'''|"|')|[A-Za-z_]\w*|[\d.]*\d\w*|\s+|./g;

export function markOptionalEntries(expression: string): Marked {
  const entries = new Set<number>();
  if (!/[[{,]\s*\?/.test(expression)) return { text: expression, entries };
  /** What each bracket that is open is: a list, a map, or something else. */
  const open: ('list' | 'map' | 'other')[] = [];
  const text = expression.split('');
  let last = '';
  tokens.lastIndex = 0;
  for (let match = tokens.exec(expression); match; match = tokens.exec(expression)) {
    const [token, quote] = match;
    if (/^\s|^\/\//.test(token)) continue;
    if (quote) {
      tokens.lastIndex = endOfString(expression, tokens.lastIndex, { quote, raw: /^[rR]/.test(token) });
      last = 'value';
      continue;
    }
    const isEntry = token === '?' && /^[[{,]$/.test(last) && (open.at(-1) === 'list' || open.at(-1) === 'map');
    if (isEntry) {
      text[match.index] = ' ';
      entries.add(match.index + 1 + (/^[\s(]*/.exec(expression.slice(match.index + 1))?.[0].length ?? 0));
    }
    if (token === '[') open.push(last === 'value' ? 'other' : 'list');
    else if (token === '{') open.push('map');
    else if (token === '(') open.push('other');
    else if (/^[\])}]$/.test(token)) open.pop();
    last = /^[\])}]$/.test(token) || (/^[\w.]/.test(token) && token !== 'in' && token !== '.') ? 'value' : token;
  }
  return { text: text.join(''), entries };
}

function endOfString(expression: string, from: number, { quote, raw }: { quote: string; raw: boolean }): number {
  for (let i = from; i < expression.length; i++) {
    if (!raw && expression[i] === '\\') i++;
    else if (expression.startsWith(quote, i)) return i + quote.length;
  }
  return expression.length;
}

/** An entry that may be absent, and whether this one may. */
function given(value: unknown, isOptional: boolean): { value: unknown } | undefined {
  if (!isOptional) return { value };
  if (!(value instanceof Optional)) throw evaluationError('no such overload');
  return value.hasValue() ? { value: value.value() } : undefined;
}

export const evaluateList =
  (elements: readonly Node[], entries: ReadonlySet<number>): Evaluate =>
  (evaluator, _node, context) =>
    elements.flatMap((element) => {
      const one = given((evaluator as Evaluator).run(element, context as Context), entries.has(element.start));
      return one ? [one.value] : [];
    });

export const evaluateMap =
  (pairs: readonly (readonly [Node, Node])[], entries: ReadonlySet<number>): Evaluate =>
  (evaluator, _node, context) => {
    const by = evaluator as Evaluator;
    const map = new Map<unknown, unknown>();
    for (const [key, value] of pairs) {
      const name = by.run(key, context as Context);
      const one = given(by.run(value, context as Context), entries.has(key.start));
      if (one) map.set(name, one.value);
    }
    return map;
  };
