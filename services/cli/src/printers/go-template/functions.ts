/** The functions of Go templates, and the two that kubectl adds. */
import { goText } from '../go-text.ts';
import { TemplateError } from './template-error.ts';

export const isTrue = (value: unknown): boolean => {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
};

const compare = (a: unknown, b: unknown): number => {
  if (typeof a !== typeof b) throw new TemplateError('incompatible types for comparison');
  if (typeof a !== 'number' && typeof a !== 'string') throw new TemplateError('invalid type for comparison');
  return a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0;
};

const html: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&#34;', "'": '&#39;' };

type Function = (...args: unknown[]) => unknown;

/** `and` and `or` are not here: they need not look at all their arguments. */
export const functions: Readonly<Record<string, Function>> = {
  not: (value) => !isTrue(value),
  len: (value) => {
    if (typeof value === 'string') return Buffer.byteLength(value);
    if (typeof value === 'object' && value !== null) return Object.keys(value).length;
    throw new TemplateError(`error calling len: len of type ${value === null || value === undefined ? 'nil' : typeof value}`);
  },
  index: (value, ...keys) => keys.reduce(indexed, value),
  slice: (value, from = 0, to) => (value as string | unknown[]).slice(from as number, to as number | undefined),
  print: (...args) => args.map(goText).join(args.every((arg) => typeof arg !== 'string') ? ' ' : ''),
  println: (...args) => `${args.map(goText).join(' ')}\n`,
  printf: (format, ...args) => printed(String(format), args),
  html: (...args) =>
    args
      .map(goText)
      .join('')
      .replaceAll(/[<>&"']/g, (c) => html[c] ?? c),
  js: (...args) => JSON.stringify(args.map(goText).join('')).slice(1, -1),
  urlquery: (...args) => encodeURIComponent(args.map(goText).join('')).replaceAll('%20', '+'),
  eq: (first, ...others) => others.some((other) => isSame(first, other)),
  ne: (a, b) => !isSame(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  exists: (value, ...keys) => keys.reduce(indexed, value) !== undefined,
  base64decode: (text) => Buffer.from(String(text), 'base64').toString(),
};

function isSame(a: unknown, b: unknown): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null);
  if (typeof a !== typeof b) throw new TemplateError('error calling eq: incompatible types for comparison');
  return a === b;
}

function indexed(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    if (typeof key !== 'number') throw new TemplateError('error calling index: cannot index slice/array with type string');
    if (key < 0 || key >= value.length) throw new TemplateError(`error calling index: index out of range: ${key}`);
    return value[key];
  }
  return typeof value === 'object' ? (value as Record<string, unknown>)[String(key)] : undefined;
}

/** The verbs templates are written with; what does not fit is shown as fmt shows it. */
function printed(format: string, args: readonly unknown[]): string {
  let next = 0;
  const text = format.replaceAll(
    /%([-+0 #]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (whole, flags: string, width: string, digits: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const shown = formatted(verb, args[next++], digits) ?? `%!${verb}(${typeName(args[next - 1])}=${goText(args[next - 1])})`;
      return whole.startsWith('%-') ? shown.padEnd(Number(width)) : shown.padStart(Number(width), flags.includes('0') ? '0' : ' ');
    },
  );
  return next < args.length
    ? `${text}%!(EXTRA ${args
        .slice(next)
        .map((arg) => `${typeName(arg)}=${goText(arg)}`)
        .join(', ')})`
    : text;
}

const typeName = (value: unknown): string =>
  typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : typeof value === 'boolean' ? 'bool' : typeof value;

function formatted(verb: string, value: unknown, digits: string | undefined): string | undefined {
  const isInteger = typeof value === 'number' && Number.isInteger(value);
  if (verb === 'v') return goText(value);
  if (verb === 's') return typeof value === 'string' ? value.slice(0, digits === undefined ? undefined : Number(digits)) : undefined;
  if (verb === 'q') return typeof value === 'string' ? JSON.stringify(value) : undefined;
  if (verb === 'd') return isInteger ? String(value) : undefined;
  if (verb === 'x') return isInteger ? value.toString(16) : typeof value === 'string' ? Buffer.from(value).toString('hex') : undefined;
  if (verb === 't') return typeof value === 'boolean' ? String(value) : undefined;
  if (verb === 'f') return typeof value === 'number' && !isInteger ? value.toFixed(digits === undefined ? 6 : Number(digits)) : undefined;
  return undefined;
}
