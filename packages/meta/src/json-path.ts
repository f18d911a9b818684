/** JSONPath templates as Kubernetes has them (https://kubernetes.io/docs/reference/kubectl/jsonpath/): `{range .items[*]}{.metadata.name}{"\n"}{end}`. */

type Step =
  | { type: 'field'; name: string }
  | { type: 'wildcard' }
  | { type: 'descend' }
  | { type: 'fields'; names: string[] }
  | { type: 'slice'; from: number | undefined; to: number | undefined; step: number; single: boolean }
  | { type: 'filter'; left: Path | string; operator: string; right: unknown };

interface Path {
  root: boolean;
  steps: Step[];
}

type Node = { type: 'text'; text: string } | { type: 'paths'; paths: (Path | string)[] } | { type: 'range'; path: Path; body: Node[] };

/** Fields that are not there: an error, or nothing. */
export interface PathOptions {
  allowMissing: boolean;
}

/** A template read once, for many objects. Throws JsonPathError on bad syntax, and where a field is missing that may not be. */
export class JsonPathTemplate {
  readonly #nodes: Node[];
  readonly #options: PathOptions;

  constructor(template: string, options: PathOptions = { allowMissing: true }) {
    this.#options = options;
    this.#nodes = new TemplateReader(template).read();
  }

  /** The text a template makes of a value; `print` writes the values its paths lead to. */
  format(value: unknown, print: (value: unknown) => string): string {
    return this.#format(this.#nodes, { current: value, root: value, print });
  }

  /** The values the template's paths lead to, in order: for sorting, columns and conditions. */
  values(value: unknown): unknown[] {
    return this.#nodes.flatMap((node) =>
      node.type === 'paths' ? node.paths.flatMap((path) => (typeof path === 'string' ? [path] : this.#find(path, value, value))) : [],
    );
  }

  #format(nodes: readonly Node[], at: { current: unknown; root: unknown; print(value: unknown): string }): string {
    const { current, root, print } = at;
    return nodes
      .map((node) => {
        if (node.type === 'text') return node.text;
        if (node.type === 'range')
          return this.#find(node.path, current, root)
            .map((item) => this.#format(node.body, { ...at, current: item }))
            .join('');
        return node.paths.map((path) => (typeof path === 'string' ? path : this.#find(path, current, root).map(print).join(' '))).join(' ');
      })
      .join('');
  }

  #find(path: Path, current: unknown, root: unknown): unknown[] {
    let values = [path.root ? root : current];
    for (const step of path.steps) values = values.flatMap((value) => this.#step(step, value, root));
    return values;
  }

  #step(step: Step, value: unknown, root: unknown): unknown[] {
    switch (step.type) {
      case 'field':
        return this.#field(value, step.name);
      case 'fields':
        return step.names.flatMap((name) => this.#field(value, name));
      case 'wildcard':
        return Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : [];
      case 'descend':
        return descendants(value);
      case 'slice':
        return this.#slice(step, value);
      case 'filter':
        return (Array.isArray(value) ? value : []).filter((item) => this.#holds(step, item, root));
    }
  }

  #field(value: unknown, name: string): unknown[] {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const field = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
      if (field !== undefined) return [field];
    }
    if (this.#options.allowMissing) return [];
    throw new JsonPathError(`${name} is not found`);
  }

  #slice({ from, to, step, single }: Extract<Step, { type: 'slice' }>, value: unknown): unknown[] {
    if (!Array.isArray(value)) return [];
    const at = (index: number): number => (index < 0 ? index + value.length : index);
    if (single) {
      const index = at(from ?? 0);
      if (index >= 0 && index < value.length) return [value[index]];
      if (this.#options.allowMissing) return [];
      throw new JsonPathError(`array index out of bounds: index ${from}, length ${value.length}`);
    }
    return value.slice(at(from ?? 0), to === undefined ? value.length : at(to)).filter((_, i) => i % step === 0);
  }

  #holds({ left, operator, right }: Extract<Step, { type: 'filter' }>, item: unknown, root: unknown): boolean {
    const found = typeof left === 'string' ? [left] : this.#find(left, item, root);
    if (operator === 'exists') return found.length > 0;
    const other = isPath(right) ? this.#find(right, item, root)[0] : right;
    const [value] = found;
    if (value === undefined) return false;
    switch (operator) {
      case '==':
        return value === other;
      case '!=':
        return value !== other;
      case '<':
        return (value as number) < (other as number);
      case '<=':
        return (value as number) <= (other as number);
      case '>':
        return (value as number) > (other as number);
      default:
        return (value as number) >= (other as number);
    }
  }
}

const isPath = (value: unknown): value is Path => typeof value === 'object' && value !== null && 'steps' in value;

function descendants(value: unknown): unknown[] {
  const children = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return [value, ...children.flatMap(descendants)];
}

class TemplateReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Node[] {
    const nodes = this.#nodes(false);
    if (this.#at < this.#text.length) throw wrong('not in range, nothing to end');
    return nodes;
  }

  #nodes(inRange: boolean): Node[] {
    const nodes: Node[] = [];
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf('{', this.#at);
      if (open !== this.#at) {
        const end = open < 0 ? this.#text.length : open;
        nodes.push({ type: 'text', text: this.#text.slice(this.#at, end) });
        this.#at = end;
        continue;
      }
      const action = this.#action();
      if (action === 'end') {
        if (!inRange) throw wrong('not in range, nothing to end');
        return nodes;
      }
      if (action.startsWith('range ')) nodes.push({ type: 'range', path: readPath(action.slice(6).trim()), body: this.#nodes(true) });
      else nodes.push({ type: 'paths', paths: splitPaths(action).map((part) => (/^["']/.test(part) ? unquoted(part) : readPath(part))) });
    }
    if (inRange) throw wrong('unterminated range');
    return nodes;
  }

  /** What stands between the braces at hand. */
  #action(): string {
    let quote = '';
    for (let i = this.#at + 1; i < this.#text.length; i++) {
      const c = this.#text.charAt(i);
      if (quote !== '' && c === '\\') i++;
      else if (quote !== '') quote = c === quote ? '' : quote;
      else if (c === '"' || c === "'") quote = c;
      else if (c === '}') {
        const action = this.#text.slice(this.#at + 1, i).trim();
        this.#at = i + 1;
        return action;
      }
    }
    throw wrong('unclosed action');
  }
}

/** What is wrong with a template, or with running it. */
export class JsonPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonPathError';
  }
}

const wrong = (why: string): JsonPathError => new JsonPathError(why);

const unquoted = (text: string): string =>
  text.slice(1, -1).replaceAll(/\\(.)/g, (_, c: string) => ({ n: '\n', t: '\t', r: '\r' })[c] ?? c);

/** Splits at spaces outside quotes and brackets. */
function splitPaths(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[(?:[^\]"']|"[^"]*"|'[^']*')*\]|\\.|[^\s"'[])+/g) ?? [];
}

const stepToken = /\.\.|\.?((?:[^.[\]\s\\]|\\.)+)|\.?\[((?:[^\]"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*)\]|\.$/gy;

function readPath(text: string): Path {
  const root = text.startsWith('$');
  const body = text.replace(/^[$@]/, '');
  const steps: Step[] = [];
  /** One of its own: paths stand in filters of paths. */
  const token = new RegExp(stepToken);
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const match = token.exec(body);
    if (!match) throw wrong(`unrecognized character in action: ${JSON.stringify(body.slice(at, at + 1))}`);
    const [all, name, inside] = match;
    if (all === '..') steps.push({ type: 'descend' });
    else if (name !== undefined) steps.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll(/\\(.)/g, '$1') });
    else if (inside !== undefined) steps.push(readBracket(inside.trim()));
  }
  return { root, steps };
}

function readBracket(inside: string): Step {
  if (inside === '*') return { type: 'wildcard' };
  if (/^["']/.test(inside)) return { type: 'fields', names: (inside.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g) ?? []).map(unquoted) };
  const filter = /^\?\(\s*(.*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.*?)\s*)?\)$/s.exec(inside);
  if (filter) {
    const [, left = '', operator = 'exists', right] = filter;
    return { type: 'filter', left: operand(left) as Path | string, operator, right: right === undefined ? undefined : operand(right) };
  }
  const parts = inside.split(':').map((part) => part.trim());
  if (parts.length > 3 || parts.some((part) => !/^-?\d*$/.test(part)) || inside === '') throw wrong(`invalid array index ${inside}`);
  const [from, to, step] = parts.map((part) => (part === '' ? undefined : Number(part)));
  return { type: 'slice', from, to, step: step ?? 1, single: parts.length === 1 };
}

function operand(text: string): unknown {
  if (/^["']/.test(text)) return unquoted(text);
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return readPath(text);
}
