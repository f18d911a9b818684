/** Reads kubectl's command line against the verbs and runs the one it names. */
import { FlagError, firstArgument, type Line, readLine } from './command-line.ts';
import { Failure, failureText, usageFailure } from './commands/failure.ts';
import { globalFlags } from './commands/global-flags.ts';
import { helpText, optionsText, rootHelpText, rootUsageText } from './commands/help-text.ts';
import { type Flag, Flags, type ListedVerb, type Verb } from './commands/verb.ts';
import type { Io } from './io.ts';
import { Session } from './session.ts';

/** Runs `kubectl <words>`; resolves with the exit code. */
export async function runProgram(verbs: readonly ListedVerb[], words: readonly string[], io: Io): Promise<number> {
  try {
    await runWords(verbs, words, io);
    return 0;
  } catch (error) {
    if (error instanceof Failure && error.message === '') return error.exitCode;
    const text = failureText(error);
    io.err(text.endsWith('\n') ? text : `${text}\n`);
    return error instanceof Failure ? error.exitCode : 1;
  }
}

const helpFlag: Flag = { name: 'help', short: 'h', type: 'boolean', help: '' };

async function runWords(verbs: readonly ListedVerb[], words: readonly string[], io: Io): Promise<void> {
  const at = firstArgument(words, globalFlags);
  const name = words[at];
  if (name === undefined) {
    lineOf(words, [...globalFlags, helpFlag], 'kubectl');
    return io.out(rootHelpText(verbs));
  }
  const rest = words.filter((_, i) => i !== at);
  if (name === 'options') return io.out(optionsText());
  if (name === 'help') return help(verbs, rest, io);
  const listed = verbs.find((verb) => verb.name === name);
  if (!listed) throw unknownCommand(verbs, name);
  await runVerb(below(await loaded(listed), rest), io);
}

const loaded = async (listed: ListedVerb): Promise<Verb> => ({ ...(await listed.load()), name: listed.name, summary: listed.summary });

interface Found {
  verb: Verb;
  /** `kubectl rollout status`. */
  path: string;
  words: readonly string[];
}

/** The command that `words` name, at or below `verb`, and the other words. */
function below(verb: Verb, words: readonly string[], path = `kubectl ${verb.name}`): Found {
  const at = firstArgument(words, [...(verb.flags ?? []), ...globalFlags]);
  const child = verb.verbs?.find(({ name, aliases = [] }) => [name, ...aliases].includes(words[at] ?? ''));
  if (!child) return { verb, path, words };
  return below(
    child,
    words.filter((_, i) => i !== at),
    `${path} ${child.name}`,
  );
}

async function runVerb({ verb, path, words }: Found, io: Io): Promise<void> {
  const own = verb.flags ?? [];
  const shared = globalFlags.filter((flag) => !own.some(({ name, short }) => name === flag.name || (short && short === flag.short)));
  const line = lineOf(words, [...own, ...shared, helpFlag], path);
  if (line.values.get('help') === true) return io.out(helpText(verb, path));
  if (!verb.run) return withoutRun(verb, { path, args: line.args, io });
  for (const { name, deprecated } of own)
    if (deprecated !== undefined && line.given.has(name)) io.err(`Flag --${name} has been deprecated, ${deprecated}\n`);
  mustBeSet(own, line);
  /** A flag of the verb's own that is called like a global one is not the global one. */
  const globals = new Map(globalFlags.map((flag) => [flag.name, shared.includes(flag) ? line.values.get(flag.name) : flag.default]));
  const session = new Session(io, new Flags(globals, new Set(shared.map(({ name }) => name).filter((name) => line.given.has(name)))));
  try {
    const flags = new Flags(new Map(own.map(({ name }) => [name, line.values.get(name)])), line.given);
    await verb.run({ session, args: line.args, rest: line.rest, flags, path });
  } finally {
    session.close();
  }
}

function lineOf(words: readonly string[], flags: readonly Flag[], path: string): Line {
  try {
    return readLine(words, flags);
  } catch (error) {
    throw error instanceof FlagError ? new Failure(`error: ${error.message}\nSee '${path} --help' for usage.`) : error;
  }
}

/** A command that only holds others was not told which. */
function withoutRun(verb: Verb, { path, args, io }: { path: string; args: readonly string[]; io: Io }): never {
  if (args.length > 0) throw usageFailure(path, `unknown command ${JSON.stringify(args.join(' '))}`);
  io.err(helpText(verb, path));
  throw new Failure('');
}

function mustBeSet(flags: readonly Flag[], { given }: Line): void {
  const missing = flags.filter(({ name, required }) => required && !given.has(name)).map(({ name }) => JSON.stringify(name));
  if (missing.length > 0) throw new Failure(`error: required flag(s) ${missing.join(', ')} not set`);
}

/** `kubectl help rollout status`. */
async function help(verbs: readonly ListedVerb[], words: readonly string[], io: Io): Promise<void> {
  const { args } = lineOf(words, [...globalFlags, helpFlag], 'kubectl help');
  const [name, ...rest] = args;
  if (name === undefined) return io.out(rootHelpText(verbs));
  const listed = verbs.find((verb) => verb.name === name);
  if (!listed) return io.err(`Unknown help topic [${args.map((arg) => `\`${arg}\``).join(' ')}]\n${rootUsageText(verbs)}`);
  const { verb, path } = below(await loaded(listed), rest);
  io.out(helpText(verb, path));
}

function unknownCommand(verbs: readonly ListedVerb[], name: string): Failure {
  const typed = name.toLowerCase();
  const near = verbs.map((verb) => verb.name).filter((known) => known.startsWith(typed) || distance(known, typed) <= 2);
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((known) => `\t${known}`).join('\n')}`;
  return new Failure(`error: unknown command "${name}" for "kubectl"${hint}`);
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
