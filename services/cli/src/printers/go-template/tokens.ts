import { TemplateError } from './template-error.ts';

export interface Token {
  type: 'dot' | 'variable' | 'literal' | 'name' | 'open' | 'close' | 'pipe' | 'assign' | 'comma';
  text: string;
  value?: unknown;
  /** Fields that follow: `.a.b` of `$x.a.b`. */
  path?: string[];
}

const names = '(?:\\.[\\p{L}_][\\p{L}\\p{N}_]*)';
const grammar = new RegExp(
  [
    '(?<space>\\s+)',
    '(?<text>"(?:[^"\\\\]|\\\\.)*"|`[^`]*`)',
    "(?<char>'(?:[^'\\\\]|\\\\.)+')",
    '(?<number>[-+]?(?:0[xX][0-9a-fA-F]+|\\d+(?:\\.\\d*)?(?:[eE][-+]?\\d+)?))',
    `(?<variable>\\$[\\p{L}\\p{N}_]*)(?<ofVariable>${names}*)`,
    `(?<dot>${names}+|\\.)`,
    '(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)',
    `(?<open>\\()|(?<close>\\))(?<ofClose>${names}*)`,
    '(?<assign>:?=)|(?<pipe>\\|)|(?<comma>,)',
  ].join('|'),
  'uy',
);

const pathOf = (text = ''): string[] => text.split('.').filter(Boolean);

/** The words of an action. */
export function tokensOf(action: string): Token[] {
  const tokens: Token[] = [];
  const token = new RegExp(grammar);
  while (token.lastIndex < action.length) {
    const at = token.lastIndex;
    const match = token.exec(action)?.groups;
    if (!match) throw new TemplateError(`unexpected ${JSON.stringify(action.charAt(at))} in command`);
    const read = tokenOf(match);
    if (read) tokens.push(read);
  }
  return tokens;
}

function tokenOf(match: Record<string, string | undefined>): Token | undefined {
  const { text, char, number, variable, dot, name, open, close, assign, pipe, comma } = match;
  if (text !== undefined) return { type: 'literal', text, value: text.startsWith('`') ? text.slice(1, -1) : unquoted(text) };
  if (char !== undefined) return { type: 'literal', text: char, value: unquoted(`"${char.slice(1, -1)}"`).codePointAt(0) };
  if (number !== undefined) return { type: 'literal', text: number, value: Number(number) };
  if (variable !== undefined) return { type: 'variable', text: variable, path: pathOf(match['ofVariable']) };
  if (dot !== undefined) return { type: 'dot', text: dot, path: pathOf(dot) };
  if (name !== undefined) return nameToken(name);
  if (open !== undefined) return { type: 'open', text: open };
  if (close !== undefined) return { type: 'close', text: close, path: pathOf(match['ofClose']) };
  if (assign !== undefined) return { type: 'assign', text: assign };
  if (pipe !== undefined) return { type: 'pipe', text: pipe };
  return comma === undefined ? undefined : { type: 'comma', text: comma };
}

function nameToken(name: string): Token {
  if (name === 'true' || name === 'false') return { type: 'literal', text: name, value: name === 'true' };
  return name === 'nil' ? { type: 'literal', text: name, value: null } : { type: 'name', text: name };
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

const unquoted = (text: string): string =>
  text
    .slice(1, -1)
    .replaceAll(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/gs, (_, c: string) =>
      /^[ux]./.test(c) ? String.fromCodePoint(Number.parseInt(c.slice(1), 16)) : (escapes[c] ?? c),
    );
