/** CEL's string extensions as Kubernetes has them (ext.Strings, version 2); positions count characters, not UTF-16 units. */
import type { Environment } from '@marcbachmann/cel-js';
import { evaluationError } from '../cel-error.ts';
import { format } from './format-string.ts';

/** A string by its characters; plain text is its own list of them. */
const characters = (text: string): string | string[] => (/[\ud800-\udfff]/.test(text) ? [...text] : text);
const joined = (part: string | string[]): string => (typeof part === 'string' ? part : part.join(''));

function substring(text: string, from: bigint, to?: bigint): string {
  const all = characters(text);
  const [start, end] = [Number(from), to === undefined ? all.length : Number(to)];
  if (start < 0 || start > all.length) throw evaluationError(`index out of range: ${start}`);
  if (end < 0 || end > all.length) throw evaluationError(`index out of range: ${end}`);
  if (start > end) throw evaluationError(`invalid substring range. start: ${start}, end: ${end}`);
  return joined(all.slice(start, end));
}

function charAt(text: string, index: bigint): string {
  const all = characters(text);
  if (index < 0n || index > all.length) throw evaluationError(`index out of range: ${index}`);
  return all[Number(index)] ?? '';
}

const place = (text: string, index: number): bigint => BigInt(index <= 0 ? index : characters(text.slice(0, index)).length);

/** The UTF-16 position of a character. */
function unit(text: string, offset: bigint): number {
  const all = characters(text);
  if (offset < 0n || offset > all.length) throw evaluationError(`index out of range: ${offset}`);
  return joined(all.slice(0, Number(offset))).length;
}

function replace(text: string, old: string, by: string, limit = -1n): string {
  const parts = text.split(old);
  const times = limit < 0n ? parts.length : Math.min(Number(limit), parts.length - 1);
  return parts.reduce((result, part, i) => result + (i <= times ? by : old) + part);
}

const ascii = (change: 'toLowerCase' | 'toUpperCase') => (text: string) => text.replace(/[A-Za-z]+/g, (letters) => letters[change]());

export function registerStrings(env: Environment): void {
  const sync = { async: false };
  env
    .registerFunction('string.charAt(int): string', charAt, sync)
    .registerFunction('string.replace(string, string): string', (t: string, old: string, by: string) => replace(t, old, by), sync)
    .registerFunction('string.replace(string, string, int): string', replace, sync)
    .registerFunction('string.t8s_lowerAscii(): string', ascii('toLowerCase'), sync)
    .registerFunction('string.t8s_upperAscii(): string', ascii('toUpperCase'), sync)
    .registerFunction('string.t8s_substring(int): string', (text: string, start: bigint) => substring(text, start), sync)
    .registerFunction('string.t8s_substring(int, int): string', substring, sync)
    .registerFunction('string.t8s_indexOf(string): int', (text: string, part: string) => place(text, text.indexOf(part)), sync)
    .registerFunction(
      'string.t8s_indexOf(string, int): int',
      (text: string, part: string, from: bigint) => place(text, text.indexOf(part, unit(text, from))),
      sync,
    )
    .registerFunction('string.t8s_lastIndexOf(string): int', (text: string, part: string) => place(text, text.lastIndexOf(part)), sync)
    .registerFunction(
      'string.t8s_lastIndexOf(string, int): int',
      (text: string, part: string, from: bigint) => place(text, text.lastIndexOf(part, unit(text, from))),
      sync,
    )
    .registerFunction('string.format(list): string', format, sync);

  class Strings {}
  env
    .registerType('strings', { ctor: Strings })
    .registerConstant('strings', 'strings', new Strings())
    .registerFunction('strings.quote(string): string', (_: Strings, text: string) => JSON.stringify(text), sync);
}
