/**
 * YAML to the letter as kubectl writes it (go-yaml v2): keys in natural order, text quoted wherever YAML 1.1 would read
 * something else, lists level with their key, long text broken at the first space past column 80.
 */
import { resolvesToText } from './yaml-scalars.ts';

const bestWidth = 80;

/** `value` (JSON data) as a YAML document. */
export function formatYaml(value: unknown): string {
  const writer = new Writer();
  writer.node(value, { indent: 0, inMapping: false, root: true });
  return writer.text.endsWith('\n') ? writer.text : `${writer.text}\n`;
}

interface Place {
  /** Of the collection that holds the node. */
  indent: number;
  inMapping: boolean;
  root?: boolean;
}

class Writer {
  text = '';
  #column = 0;

  node(value: unknown, place: Place): void {
    if (Array.isArray(value)) this.#sequence(value, place);
    else if (typeof value === 'object' && value !== null) this.#mapping(value as Record<string, unknown>, place);
    else {
      if (!place.root) this.#put(' ');
      if (typeof value === 'string') this.#string(value, { indent: place.indent + 2, isKey: false });
      else this.#put(value === null || value === undefined ? 'null' : String(value));
    }
  }

  #sequence(items: readonly unknown[], { indent, inMapping, root }: Place): void {
    if (items.length === 0) {
      this.#put(root ? '[]' : ' []');
      return;
    }
    const inItem = !inMapping && !root;
    for (const [i, item] of items.entries()) {
      if (i === 0 && inItem) this.#put(' ');
      else if (!(i === 0 && root)) this.#line(inItem ? indent + 2 : indent);
      this.#put('-');
      this.node(item, { indent: inItem ? indent + 2 : indent, inMapping: false });
    }
  }

  #mapping(object: Record<string, unknown>, { indent, inMapping, root }: Place): void {
    const entries = Object.entries(object).sort(([a], [b]) => naturalOrder(a, b));
    if (entries.length === 0) {
      this.#put(root ? '{}' : ' {}');
      return;
    }
    const own = root ? indent : indent + 2;
    for (const [i, [key, value]] of entries.entries()) {
      if (i === 0 && !inMapping && !root) this.#put(' ');
      else if (!(i === 0 && root)) this.#line(own);
      this.#string(key, { indent: own, isKey: true });
      this.#put(':');
      this.node(value, { indent: own, inMapping: true });
    }
  }

  #line(indent: number): void {
    this.text += `${this.text.endsWith('\n') ? '' : '\n'}${' '.repeat(indent)}`;
    this.#column = indent;
  }

  #put(text: string): void {
    this.text += text;
    this.#column += [...text].length;
  }

  #string(text: string, { indent, isKey }: { indent: number; isKey: boolean }): void {
    const { plain, single, literal } = allowedStyles(text);
    if (text.includes('\n') && literal && !isKey) this.#literal(text, indent);
    else if (!text.includes('\n') && resolvesToText(text)) {
      if (plain) this.#folded(text, indent, isKey);
      else if (single) this.#singleQuoted(text, indent, isKey);
      else this.#doubleQuoted(text, indent, isKey);
    } else this.#doubleQuoted(text, indent, isKey);
  }

  #folded(text: string, indent: number, isKey: boolean): void {
    const chars = [...text];
    let spaces = false;
    for (const [i, c] of chars.entries()) {
      if (c === ' ') {
        if (!isKey && !spaces && this.#column > bestWidth && chars[i + 1] !== ' ') this.#line(indent);
        else this.#put(c);
        spaces = true;
      } else {
        this.#put(c);
        spaces = false;
      }
    }
  }

  #singleQuoted(text: string, indent: number, isKey: boolean): void {
    this.#put("'");
    const chars = [...text];
    let spaces = false;
    for (const [i, c] of chars.entries()) {
      if (c === ' ') {
        const inside = i > 0 && i < chars.length - 1;
        if (!isKey && !spaces && this.#column > bestWidth && inside && chars[i + 1] !== ' ') this.#line(indent);
        else this.#put(c);
        spaces = true;
      } else {
        this.#put(c === "'" ? "''" : c);
        spaces = false;
      }
    }
    this.#put("'");
  }

  #doubleQuoted(text: string, indent: number, isKey: boolean): void {
    this.#put('"');
    const chars = [...text];
    let spaces = false;
    for (const [i, c] of chars.entries()) {
      if (c === ' ' && !isKey && !spaces && this.#column > bestWidth && i > 0 && i < chars.length - 1) {
        this.#line(indent);
        if (chars[i + 1] === ' ') this.#put('\\');
        spaces = true;
        continue;
      }
      this.#put(isPrintable(c) && c !== '"' && c !== '\\' ? c : escaped(c));
      spaces = c === ' ';
    }
    this.#put('"');
  }

  #literal(text: string, indent: number): void {
    const hint = /^[ \n]/.test(text) ? '2' : '';
    const chomp = !text.endsWith('\n') ? '-' : text.length === 1 || text.endsWith('\n\n') ? '+' : '';
    this.#put(`|${hint}${chomp}`);
    const lines = text.split('\n');
    if (text.endsWith('\n')) lines.pop();
    for (const line of lines) this.text += `\n${line === '' ? '' : ' '.repeat(indent) + line}`;
    this.text += chomp === '-' ? '' : '\n';
    this.#column = indent;
  }
}

/** Which styles can carry a text, as go-yaml's emitter judges it. */
function allowedStyles(text: string): { plain: boolean; single: boolean; literal: boolean } {
  const special = [...text].some((c) => c !== '\n' && !isPrintable(c)) || / \n/.test(text);
  const breakSpace = /\n /.test(text);
  const indicator = /^(---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[-?:](\s|$)|:(\s|$)|\s#/.test(text);
  const edgeSpace = /^[ \n]|[ \n]$/.test(text);
  return {
    plain: text !== '' && !special && !indicator && !edgeSpace && !text.includes('\n'),
    single: text !== '' && !special && !breakSpace,
    literal: !special && !text.endsWith(' '),
  };
}

/** go-yaml takes nothing past the basic plane for printable. */
const isPrintable = (c: string): boolean => {
  const code = c.codePointAt(0) ?? 0;
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code < 0xd800) || (code >= 0xe000 && code < 0xfffe && code !== 0xfeff);
};

const escapes: Record<string, string> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
};

function escaped(c: string): string {
  const code = c.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  return (
    escapes[c] ??
    (code <= 0xff ? `\\x${hex.padStart(2, '0')}` : code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`)
  );
}

/** Runs of digits count as numbers, letters come after all else. */
export function naturalOrder(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const i = left.findIndex((c, at) => c !== right[at]);
  const l = left[i];
  const r = right[i];
  if (i < 0 || l === undefined || r === undefined) return left.length - right.length;
  const lLetter = /\p{L}/u.test(l);
  const rLetter = /\p{L}/u.test(r);
  if (lLetter !== rLetter) return rLetter ? -1 : 1;
  if (!lLetter) {
    const digits = (chars: string[]): string => /^\d*/.exec(chars.slice(i).join(''))?.[0] ?? '';
    const lead = l === '0' || r === '0' ? (/[1-9]\d*$/.test(left.slice(0, i).join('')) ? '1' : '') : '';
    const byNumber = Number(lead + digits(left)) - Number(lead + digits(right));
    if (byNumber !== 0) return byNumber;
    const byLength = digits(left).length - digits(right).length;
    if (byLength !== 0) return byLength;
  }
  return l < r ? -1 : 1;
}
