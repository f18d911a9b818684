/** Reads kubectl's command line against the verbs and runs the one it names. */
import { Command, type CommanderError, Option } from 'commander';
import { parseDuration } from './commands/duration.ts';
import { Failure, failureText } from './commands/failure.ts';
import { globalFlags } from './commands/global-flags.ts';
import { helpText } from './commands/help-text.ts';
import { type Flag, Flags, type Verb } from './commands/verb.ts';
import type { Io } from './io.ts';
import { Session } from './session.ts';

/** Runs `kubectl <args>`; resolves with the exit code. */
export async function runProgram(root: Verb, args: readonly string[], io: Io): Promise<number> {
  const { own, rest } = splitRest(args);
  const program = build(root, { path: root.name, last: own.at(-1) ?? '', rest, io });
  try {
    await program.parseAsync(normalized(own, allFlags(root)), { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof Failure && error.message === '') return error.exitCode;
    io.err(`${failureText(error)}\n`);
    return error instanceof Failure ? error.exitCode : 1;
  }
}

interface Building {
  path: string;
  /** The last argument: where a value is missing, the flag that lacks it. */
  last: string;
  rest: readonly string[] | undefined;
  io: Io;
}

function build(verb: Verb, { path, last, rest, io }: Building): Command {
  const command = new Command(verb.name).helpOption(false).helpCommand(false).argument('[args...]').allowExcessArguments();
  command.exitOverride((error) => {
    throw wrongFlag(error, path, last);
  });
  command.configureOutput({ writeErr: () => {}, writeOut: () => {} }).showSuggestionAfterError(false);
  command.aliases([...(verb.aliases ?? [])]);
  command.enablePositionalOptions().addOption(new Option('-h, --help'));
  for (const flag of globalFlags) if (!hides(verb, flag)) command.addOption(optionOf(flag, path));
  for (const flag of verb.flags ?? []) {
    command.addOption(optionOf(flag, path));
    if (flag.type === 'boolean') command.addOption(new Option(`--no-${flag.name}`).hideHelp());
  }
  for (const child of verb.verbs ?? []) command.addCommand(build(child, { path: `${path} ${child.name}`, last, rest, io }));
  command.action(async (args: string[]) => {
    const unknown = args[0];
    if (command.optsWithGlobals().help || (!verb.run && unknown === undefined)) {
      io.out(helpText(verb, path));
      return;
    }
    if (!verb.run) throw unknownCommand(verb, path, unknown ?? '');
    mustBeSet(command, verb.flags ?? []);
    const session = new Session(io, mergedGlobals(command));
    try {
      await verb.run({ session, args, rest, flags: flagsOf(command, verb.flags ?? []), path });
    } finally {
      session.close();
    }
  });
  return command;
}

/** A verb's own flag of the same name or letter goes before a global one. */
const hides = ({ flags = [] }: Verb, global: Flag): boolean =>
  flags.some(({ name, short }) => name === global.name || (short !== undefined && short === global.short));

/** Global flags may stand before or after the names of commands; the last place counts. */
function mergedGlobals(command: Command): Flags {
  const levels: Command[] = [];
  for (let at: Command | null = command; at; at = at.parent) levels.unshift(at);
  const own = levels.map((level) => flagsOf(level, globalFlags));
  const at = (name: string): Flags => own.findLast((flags) => flags.given(name)) ?? flagsOf(levels[0] ?? command, globalFlags);
  const values = new Map(globalFlags.map(({ name, type }) => [name, type === 'boolean' ? at(name).on(name) : at(name).text(name)]));
  return new Flags(values, new Set(globalFlags.map(({ name }) => name).filter((name) => own.some((flags) => flags.given(name)))));
}

function optionOf({ name, short, type, default: initial }: Flag, path: string): Option {
  const option = new Option(`${short ? `-${short}, ` : ''}--${name}${type === 'boolean' ? '' : ' <value>'}`);
  /** `--no-headers` is a flag of its own, not the opposite of one. */
  option.negate = false;
  if (initial !== undefined) option.default(type === 'duration' ? readDuration(String(initial), { name, path }) : initial);
  if (type === 'strings' || type === 'texts')
    option.argParser((value: string, before: string[] = []) => [...before, ...(type === 'strings' ? value.split(',') : [value])]);
  if (type === 'duration') option.argParser((value: string) => readDuration(value, { name, path }));
  if (type === 'number')
    option.argParser((value: string) => {
      if (!/^-?\d+$/.test(value))
        throw new Failure(
          `error: invalid argument "${value}" for "${short ? `-${short}, ` : ''}--${name}" flag: strconv.ParseInt: parsing "${value}": invalid syntax\nSee '${path} --help' for usage.`,
        );
      return Number(value);
    });
  return option;
}

function readDuration(value: string, { name, path }: { name: string; path: string }): number {
  try {
    return parseDuration(value, name);
  } catch (error) {
    throw error instanceof Failure ? new Failure(`${error.message}\nSee '${path} --help' for usage.`) : error;
  }
}

function flagsOf(command: Command, flags: readonly Flag[]): Flags {
  const key = (name: string): string => name.replaceAll(/-(.)/g, (_, c: string) => c.toUpperCase());
  return new Flags(
    new Map(flags.map(({ name }) => [name, command.getOptionValue(key(name))])),
    new Set(flags.filter(({ name }) => command.getOptionValueSource(key(name)) === 'cli').map(({ name }) => name)),
  );
}

function mustBeSet(command: Command, flags: readonly Flag[]): void {
  const values = flagsOf(command, flags);
  const missing = flags.filter(({ name, required }) => required && !values.given(name)).map(({ name }) => JSON.stringify(name));
  if (missing.length > 0) throw new Failure(`error: required flag(s) ${missing.join(', ')} not set`);
}

/** What stands after `--` is no business of the flags. */
function splitRest(args: readonly string[]): { own: readonly string[]; rest: readonly string[] | undefined } {
  const at = args.indexOf('--');
  return at < 0 ? { own: args, rest: undefined } : { own: args.slice(0, at), rest: args.slice(at + 1) };
}

const allFlags = (verb: Verb): Flag[] => [...(verb.flags ?? []), ...(verb.verbs ?? []).flatMap(allFlags)];

/** `-o=json`, `--watch=false` and a bare `--dry-run` in the spellings commander knows. */
function normalized(args: readonly string[], flags: readonly Flag[]): string[] {
  const booleans = new Set(flags.filter(({ type }) => type === 'boolean').map(({ name }) => name));
  const implied = new Map(flags.filter(({ type }) => type === 'optional').map(({ name, implied = '' }) => [`--${name}`, implied]));
  return args.map((arg) => {
    const [, letter, value] = /^-([a-zA-Z])=(.*)$/s.exec(arg) ?? [];
    if (letter !== undefined) return `-${letter}${value}`;
    const [, name = '', state] = /^--([a-z-]+)=(true|false)$/.exec(arg) ?? [];
    if (booleans.has(name)) return state === 'true' ? `--${name}` : `--no-${name}`;
    const meant = implied.get(arg);
    return meant === undefined ? arg : `${arg}=${meant}`;
  });
}

function wrongFlag(error: CommanderError, path: string, last: string): Error {
  const hint = `See '${path} --help' for usage.`;
  const [, name = ''] = /'([^']*)'/.exec(error.message) ?? [];
  if (error.code === 'commander.unknownOption') {
    if (name.startsWith('--')) return new Failure(`error: unknown flag: ${name.replace(/=.*/, '')}\n${hint}`);
    return new Failure(`error: unknown shorthand flag: '${name.charAt(1)}' in ${name}\n${hint}`);
  }
  if (error.code === 'commander.optionMissingArgument')
    return new Failure(`error: flag needs an argument: ${last.startsWith('--') ? last : `'${last.slice(-1)}' in ${last}`}\n${hint}`);
  return new Failure(`${error.message}\n${hint}`);
}

function unknownCommand(verb: Verb, path: string, name: string): Failure {
  const near = (verb.verbs ?? []).map((v) => v.name).filter((known) => known.startsWith(name) || distance(known, name) <= 2);
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((known) => `\t${known}\n`).join('')}`;
  if (path.includes(' ')) return new Failure(`error: unknown command "${name}"\nSee '${path} -h' for help and examples`);
  return new Failure(`error: unknown command "${name}" for "${path}"${hint}`.trimEnd());
}

/** Levenshtein's: how many letters two words are apart. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, c] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, d] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (c === d ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
