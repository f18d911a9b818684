/** Words of a command line as flags and arguments, by the rules (and in the words) of the Go library kubectl reads its own with: pflag. */
import { parseDuration } from './commands/duration.ts';
import type { Flag } from './commands/verb.ts';

/** A flag that is wrong: the message without prefix and hint. */
export class FlagError extends Error {}

export interface Line {
  values: ReadonlyMap<string, unknown>;
  given: ReadonlySet<string>;
  args: readonly string[];
  /** What stands after `--`: no business of the flags; undefined without one. */
  rest: readonly string[] | undefined;
}

/** Flags may stand before, between and after arguments; the last of several counts, lists grow. Throws FlagError. */
export function readLine(words: readonly string[], flags: readonly Flag[]): Line {
  const values = new Map<string, unknown>(flags.map((flag) => [flag.name, initialOf(flag)]));
  const given = new Set<string>();
  const args: string[] = [];
  const set = (flag: Flag, text: string): void => {
    const value = read(flag, text);
    const before = given.has(flag.name) ? values.get(flag.name) : undefined;
    values.set(flag.name, Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value);
    given.add(flag.name);
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return { values, given, args, rest: words.slice(i + 1) };
    const next = (): string | undefined => words[++i];
    if (word.startsWith('--')) readLong(word, { flags, set, next });
    else if (word.startsWith('-') && word !== '-') readShort(word.slice(1), { flags, set, next });
    else args.push(word);
  }
  return { values, given, args, rest: undefined };
}

/** The first word that is no flag and no value of one, where flags that are not known take a value. */
export function firstArgument(words: readonly string[], flags: readonly Flag[]): number {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return i;
    if (word.includes('=')) continue;
    const flag = word.startsWith('--') ? named(flags, word.slice(2)) : flags.find(({ short }) => short === word.charAt(1));
    if ((word.startsWith('--') || word.length === 2) && (!flag || takesValue(flag))) i++;
  }
  return -1;
}

interface Reading {
  flags: readonly Flag[];
  set(flag: Flag, text: string): void;
  /** Takes the next word. */
  next(): string | undefined;
}

function readLong(word: string, { flags, set, next }: Reading): void {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (name === '' || name.startsWith('-')) throw new FlagError(`bad flag syntax: ${word}`);
  const flag = named(flags, name);
  if (!flag) throw new FlagError(`unknown flag: --${name}`);
  const text = value ?? (takesValue(flag) ? next() : impliedBy(flag));
  if (text === undefined) throw new FlagError(`flag needs an argument: --${name}`);
  set(flag, text);
}

/** Letters together: `-wA`, `-ojson`, `-o=json`. */
function readShort(letters: string, { flags, set, next }: Reading): void {
  for (let left = letters; left !== ''; left = left.slice(1)) {
    const flag = flags.find(({ short }) => short === left.charAt(0));
    if (!flag) throw new FlagError(`unknown shorthand flag: '${left.charAt(0)}' in -${left}`);
    const hasOwn = left.length > 2 && left.charAt(1) === '=';
    if (!hasOwn && !takesValue(flag)) {
      set(flag, impliedBy(flag));
      continue;
    }
    const text = hasOwn ? left.slice(2) : left.length > 1 ? left.slice(1) : next();
    if (text === undefined) throw new FlagError(`flag needs an argument: '${left}' in -${left}`);
    set(flag, text);
    return;
  }
}

const named = (flags: readonly Flag[], name: string): Flag | undefined => {
  const meant = name.replaceAll('_', '-');
  return flags.find((flag) => flag.name === meant);
};

const takesValue = ({ type }: Flag): boolean => type !== 'boolean' && type !== 'optional';
const impliedBy = ({ type, implied = '' }: Flag): string => (type === 'boolean' ? 'true' : implied);
const initialOf = (flag: Flag): unknown =>
  flag.type === 'duration' ? read(flag, String(flag.default ?? '0s')) : (flag.default ?? (flag.type === 'number' ? 0 : undefined));

function read(flag: Flag, text: string): unknown {
  const wrong = (why: string): FlagError =>
    new FlagError(`invalid argument ${JSON.stringify(text)} for "${flag.short ? `-${flag.short}, ` : ''}--${flag.name}" flag: ${why}`);
  switch (flag.type) {
    case 'boolean':
      if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
      if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
      throw wrong(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
    case 'number':
      if (!/^[-+]?\d+$/.test(text)) throw wrong(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
      return Number(text);
    case 'duration': {
      const milliseconds = parseDuration(text);
      if (milliseconds === undefined) throw wrong(`time: invalid duration ${JSON.stringify(text)}`);
      return milliseconds;
    }
    case 'strings':
      return text === '' ? [] : text.split(',');
    case 'texts':
      return [text];
    default:
      return text;
  }
}
