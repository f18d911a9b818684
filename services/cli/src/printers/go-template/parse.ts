/** Go templates (https://pkg.go.dev/text/template) read into a tree. */
import { TemplateError } from './template-error.ts';
import { type Token, tokensOf } from './tokens.ts';

export type Node =
  | { type: 'text'; text: string }
  | { type: 'action'; pipe: Pipe }
  | { type: 'if' | 'with' | 'range'; pipe: Pipe; body: Node[]; otherwise: Node[] }
  | { type: 'break' | 'continue' };

export interface Pipe {
  /** Names before `:=` or `=`. */
  variables: string[];
  declares: boolean;
  commands: Operand[][];
}

export type Operand =
  | { type: 'dot'; path: string[] }
  | { type: 'variable'; name: string; path: string[] }
  | { type: 'literal'; value: unknown }
  | { type: 'function'; name: string }
  | { type: 'pipe'; pipe: Pipe; path: string[] };

type Part = { text: string } | { action: string };

export function parseTemplate(template: string): Node[] {
  const reader = new Reader(partsOf(template));
  const { nodes, end } = reader.nodes();
  if (end !== '') throw new TemplateError(`unexpected {{${end}}}`);
  return nodes;
}

/** `{{- ` and ` -}}` take the space beside them away. */
function partsOf(template: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  let trims = false;
  while (at < template.length) {
    const open = template.indexOf('{{', at);
    const raw = template.slice(at, open < 0 ? template.length : open);
    const text = trims ? raw.trimStart() : raw;
    if (open < 0) {
      parts.push({ text });
      break;
    }
    const trimsLeft = /^-\s/.test(template.slice(open + 2, open + 4));
    parts.push({ text: trimsLeft ? text.trimEnd() : text });
    const close = endOfAction(template, open + 2);
    const inside = template.slice(open + 2 + (trimsLeft ? 1 : 0), close);
    trims = /\s-$/.test(inside);
    const action = (trims ? inside.slice(0, -1) : inside).trim();
    if (!action.startsWith('/*')) parts.push({ action });
    at = close + 2;
  }
  return parts.filter((part) => !('text' in part) || part.text !== '');
}

function endOfAction(template: string, from: number): number {
  const token = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\}\}/g;
  token.lastIndex = from;
  for (let match = token.exec(template); match; match = token.exec(template)) if (match[0] === '}}') return match.index;
  throw new TemplateError('unclosed action');
}

class Reader {
  readonly #parts: readonly Part[];
  #at = 0;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /** Up to the `end` or `else` that closes them. */
  nodes(): { nodes: Node[]; end: string } {
    const nodes: Node[] = [];
    for (;;) {
      const part = this.#parts[this.#at++];
      if (!part) return { nodes, end: '' };
      if ('text' in part) nodes.push({ type: 'text', text: part.text });
      else if (part.action === 'end' || /^else\b/.test(part.action)) return { nodes, end: part.action };
      else nodes.push(this.#action(part.action));
    }
  }

  #action(action: string): Node {
    const [, word = '', rest = ''] = /^(if|with|range|break|continue|template|define|block)\b\s*([\s\S]*)$/.exec(action) ?? [];
    if (word === 'break' || word === 'continue') return { type: word };
    if (word === 'if' || word === 'with' || word === 'range') return this.#branch(word, rest);
    if (word !== '') throw new TemplateError(`templates within templates ({{${word}}}) are not taken by this client`);
    return { type: 'action', pipe: pipeOf(action) };
  }

  #branch(type: 'if' | 'with' | 'range', text: string): Node {
    const pipe = pipeOf(text);
    const { nodes: body, end } = this.nodes();
    if (end === '') throw new TemplateError('unexpected EOF');
    if (end === 'end') return { type, pipe, body, otherwise: [] };
    const [, word, rest = ''] = /^else\s+(if|with)\b\s*([\s\S]*)$/.exec(end) ?? [];
    if (word !== undefined) return { type, pipe, body, otherwise: [this.#branch(word as 'if' | 'with', rest)] };
    const { nodes: otherwise, end: last } = this.nodes();
    if (last !== 'end') throw new TemplateError(last === '' ? 'unexpected EOF' : `expected end; found {{${last}}}`);
    return { type, pipe, body, otherwise };
  }
}

function pipeOf(text: string): Pipe {
  const tokens = tokensOf(text);
  const pipe = readPipe(tokens);
  const [extra] = tokens;
  if (extra) throw new TemplateError(`unexpected ${JSON.stringify(extra.text)} in operand`);
  return pipe;
}

function readPipe(tokens: Token[]): Pipe {
  const variables: string[] = [];
  let declares = false;
  const assigned = tokens.findIndex(({ type }) => type === 'assign');
  if (assigned > 0 && tokens.slice(0, assigned).every(({ type }) => type === 'variable' || type === 'comma')) {
    const head = tokens.splice(0, assigned + 1);
    variables.push(...head.filter(({ type }) => type === 'variable').map(({ text }) => text));
    declares = head.at(-1)?.text === ':=';
  }
  const commands: Operand[][] = [[]];
  for (let token = tokens[0]; token && token.type !== 'close'; token = tokens[0]) {
    tokens.shift();
    if (token.type === 'pipe') commands.push([]);
    else commands.at(-1)?.push(operandOf(token, tokens));
  }
  if (commands.some((command) => command.length === 0)) throw new TemplateError('missing value for command');
  return { variables, declares, commands };
}

function operandOf({ type, text, value, path = [] }: Token, tokens: Token[]): Operand {
  switch (type) {
    case 'dot':
      return { type: 'dot', path };
    case 'variable':
      return { type: 'variable', name: text, path };
    case 'literal':
      return { type: 'literal', value };
    case 'name':
      return { type: 'function', name: text };
    case 'open': {
      const pipe = readPipe(tokens);
      const close = tokens.shift();
      if (close?.type !== 'close') throw new TemplateError('unclosed left paren');
      return { type: 'pipe', pipe, path: close.path ?? [] };
    }
    default:
      throw new TemplateError(`unexpected ${JSON.stringify(text)} in operand`);
  }
}
