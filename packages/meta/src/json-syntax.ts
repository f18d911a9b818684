/** What encoding/json says of a document that is not JSON. Runs only after JSON.parse has failed, so it may take its time. */

const space = /[ \t\r\n]/;

/** The message for `text`, which must be malformed JSON. */
export function jsonSyntaxError(text: string): string {
  return new Checker(text).run() ?? 'unexpected end of JSON input';
}

/** A recursive-descent reading that stops at the first wrong character; `undefined` stands for a premature end. */
class Checker {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): string | undefined {
    try {
      this.#value();
      if (this.#peek() !== '') throw new Wrong(this.#peek(), 'after top-level value');
      return undefined;
    } catch (error) {
      if (error instanceof Wrong) return error.character === '' ? undefined : error.message;
      throw error;
    }
  }

  #peek(): string {
    while (this.#at < this.#text.length && space.test(this.#text.charAt(this.#at))) this.#at++;
    return this.#here();
  }

  #here(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #value(): void {
    const first = this.#peek();
    if (first === '{') this.#members('}', 'after object key:value pair', () => this.#member());
    else if (first === '[') this.#members(']', 'after array element', () => this.#value());
    else if (first === '"') this.#string();
    else if (first === '-' || digit(first)) this.#number();
    else if (first === 't') this.#literal('true');
    else if (first === 'f') this.#literal('false');
    else if (first === 'n') this.#literal('null');
    else throw new Wrong(first, 'looking for beginning of value');
  }

  #members(close: string, after: string, member: () => void): void {
    this.#at++;
    if (this.#peek() === close) {
      this.#at++;
      return;
    }
    for (;;) {
      member();
      const next = this.#peek();
      this.#at++;
      if (next === close) return;
      if (next !== ',') throw new Wrong(next, after);
    }
  }

  #member(): void {
    const first = this.#peek();
    if (first !== '"') throw new Wrong(first, 'looking for beginning of object key string');
    this.#string();
    const colon = this.#peek();
    if (colon !== ':') throw new Wrong(colon, 'after object key');
    this.#at++;
    this.#value();
  }

  #string(): void {
    for (this.#at++; ; this.#at++) {
      const c = this.#here();
      if (c === '"') break;
      if (c === '' || c < ' ') throw new Wrong(c, 'in string literal');
      if (c !== '\\') continue;
      this.#at++;
      const escaped = this.#here();
      if (escaped === '' || !'bfnrt\\/"u'.includes(escaped)) throw new Wrong(escaped, 'in string escape code');
      if (escaped !== 'u') continue;
      for (let i = 0; i < 4; i++) {
        this.#at++;
        if (!/^[0-9a-fA-F]$/.test(this.#here())) throw new Wrong(this.#here(), 'in \\u hexadecimal character escape');
      }
    }
    this.#at++;
  }

  #number(): void {
    if (this.#here() === '-') this.#at++;
    if (this.#here() === '0') this.#at++;
    else this.#digits('in numeric literal');
    if (this.#here() === '.') {
      this.#at++;
      this.#digits('after decimal point in numeric literal');
    }
    if (/^[eE]$/.test(this.#here())) {
      this.#at++;
      if (/^[+-]$/.test(this.#here())) this.#at++;
      this.#digits('in exponent of numeric literal');
    }
  }

  #digits(context: string): void {
    if (!digit(this.#here())) throw new Wrong(this.#here(), context);
    while (digit(this.#here())) this.#at++;
  }

  #literal(word: string): void {
    for (const expected of word) {
      const c = this.#here();
      if (c !== expected) throw new Wrong(c, `in literal ${word} (expecting '${expected}')`);
      this.#at++;
    }
  }
}

const digit = (c: string): boolean => c >= '0' && c <= '9' && c.length === 1;

class Wrong extends Error {
  readonly character: string;

  constructor(character: string, context: string) {
    super(`invalid character ${quoteCharacter(character)} ${context}`);
    this.character = character;
  }
}

/** encoding/json works on bytes: of a character beyond ASCII it shows the first as if it were one. */
function quoteCharacter(character: string): string {
  const c = character > '\x7f' ? String.fromCharCode(Buffer.from(character)[0] ?? 0) : character;
  if (c === "'") return `'\\''`;
  if (c === '"') return `'"'`;
  const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f', '\v': '\\v', '\\': '\\\\' };
  const code = c.codePointAt(0) ?? 0;
  return `'${named[c] ?? (code < 32 || code === 127 ? `\\x${code.toString(16).padStart(2, '0')}` : c)}'`;
}
