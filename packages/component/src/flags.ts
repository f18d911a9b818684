/** Command-line flags as upstream's components take them: `--name=value`, `--name value`, `--bool`, `-v 2`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from './main.ts';

export interface FlagSpec {
  type: 'string' | 'file' | 'boolean' | 'number' | 'duration' | 'strings';
  default?: string | number | boolean | string[];
  /** One line for --help, with the unit. */
  help: string;
  required?: boolean;
  /** Of a file: throws where its text is not what it should be. */
  check?(text: string): unknown;
}

type FlagValue<S extends FlagSpec> = S['type'] extends 'string' | 'file'
  ? string
  : S['type'] extends 'boolean'
    ? boolean
    : S['type'] extends 'strings'
      ? string[]
      : number;

export type Flags<S extends Record<string, FlagSpec>> = {
  [K in keyof S]: S[K] extends { default: unknown } | { required: true } ? FlagValue<S[K]> : FlagValue<S[K]> | undefined;
};

/**
 * Reads `args` against `specs` (`help` is offered everywhere). Durations such as `40s`, `1m30s` become milliseconds,
 * `strings` split at commas and may repeat, a `file` is read: its value is the text. Throws UsageError naming the flag.
 */
export function parseFlags<S extends Record<string, FlagSpec>>(component: string, specs: S, args: readonly string[]): Flags<S> {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type }]) => [
      name,
      { type: type === 'boolean' ? 'boolean' : 'string', multiple: type === 'strings' } as const,
    ]),
  );
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({
      args: known(specs, args),
      options: { ...options, help: { type: 'boolean', short: 'h' }, ...('v' in specs && { v: { type: 'string', short: 'v' } }) },
      allowPositionals: false,
      allowNegative: true,
    }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}; see '${component} --help'`);
  }
  if (values.help === true) {
    process.stdout.write(helpText(component, specs));
    process.exit(0);
  }
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, readFlag(name, spec, values[name])])) as Flags<S>;
}

/** The flags this process was started with. Where they are wrong it ends, with one line and code 2. */
export function processFlags<S extends Record<string, FlagSpec>>(component: string, specs: S): Flags<S> {
  try {
    return parseFlags(component, specs, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${component}: ${error.message}\n`);
    process.exit(2);
  }
}

/** `--flag=true`, `--flag=false` and `-v=2` become what parseArgs knows. */
function known(specs: Record<string, FlagSpec>, args: readonly string[]): string[] {
  return args.map((arg) => {
    if (arg.startsWith('-v=')) return `-v${arg.slice(3)}`;
    const match = /^--([a-z0-9-]+)=(true|false)$/.exec(arg);
    return match && specs[match[1] ?? '']?.type === 'boolean' ? (match[2] === 'true' ? `--${match[1]}` : `--no-${match[1]}`) : arg;
  });
}

/** What `parse` makes of the text of a file that a flag names. Throws UsageError naming the flag, the file and what is wrong. */
export function readFileFlag<T>({ flag, file }: { flag: string; file: string }, parse: (text: string) => T): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--${flag}: cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`--${flag}: ${file}: ${(error as Error).message}`);
  }
}

function readFlag(name: string, spec: FlagSpec, value: unknown): unknown {
  if (value === undefined) {
    if (spec.required) throw new UsageError(`--${name} is required`);
    return typeof spec.default === 'string' && spec.type === 'duration' ? parseDuration(spec.default) : spec.default;
  }
  if (spec.type === 'file')
    return readFileFlag({ flag: name, file: value as string }, (text) => {
      spec.check?.(text);
      return text;
    });
  if (spec.type === 'strings') return (value as string[]).flatMap((v) => v.split(',')).filter((v) => v !== '');
  if (spec.type === 'duration') {
    const ms = parseDuration(value as string);
    if (ms === undefined) throw new UsageError(`--${name} wants a duration such as 40s or 1m30s, not '${value as string}'`);
    return ms;
  }
  if (spec.type === 'number') {
    const number = Number(value);
    if (value === '' || Number.isNaN(number)) throw new UsageError(`--${name} wants a number, not '${value as string}'`);
    return number;
  }
  return value;
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go's duration text in milliseconds: `1h`, `1m30s`, `500ms`, `0`; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * (unitMs[unit ?? ''] ?? 0), 0);
}

function helpText(component: string, specs: Record<string, FlagSpec>): string {
  const lines = Object.entries(specs).map(([name, { type, default: fallback, help }]) => {
    const flag = `      --${name}${type === 'boolean' ? '' : ` ${type}`}`;
    return `${flag.padEnd(46)} ${help}${fallback === undefined || fallback === '' ? '' : ` (default ${String(fallback)})`}`;
  });
  return `Usage: ${component} [flags]\n\nFlags:\n${lines.join('\n')}\n`;
}
