/** How commands that write tell what they did: `deployment.apps/web scaled`, or the object as -o asks. */
import type { Io } from '../io.ts';
import { type ObjectPrinter, objectPrinter, type Printed } from '../printers/object-printer.ts';
import { kindName } from '../resources/resource.ts';
import { Failure } from './failure.ts';
import type { Flags } from './verb.ts';

export type DryRun = 'none' | 'client' | 'server';

/** `none` for a command without the flag. */
export function dryRunOf(flags: Flags): DryRun {
  if (!flags.has('dry-run')) return 'none';
  const text = flags.text('dry-run');
  if (text === 'unchanged') return 'client';
  if (text === 'none' || text === 'client' || text === 'server') return text;
  throw new Failure(`error: Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
}

/** The query of a write: dry run, who writes, what about unknown fields. */
export function writeQuery(flags: Flags, { validate = true } = {}): Record<string, string | undefined> {
  const validation = validate ? flags.text('validate') : '';
  const words: Record<string, string> = { true: 'Strict', strict: 'Strict', warn: 'Warn', false: 'Ignore', ignore: 'Ignore' };
  if (validate && words[validation] === undefined)
    throw new Failure(`error: invalid - validate option "${validation}"; must be one of: strict (or true), warn, ignore (or false)`);
  return {
    dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined,
    fieldManager: flags.text('field-manager'),
    fieldValidation: words[validation],
  };
}

export class Outcome {
  readonly #io: Io;
  readonly #suffix: string;
  readonly #printer: ObjectPrinter | undefined;

  constructor(io: Io, flags: Flags, { tellsDryRun = true } = {}) {
    this.#io = io;
    const dryRun = dryRunOf(flags);
    this.#suffix = dryRun === 'none' || !tellsDryRun ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)';
    const output = flags.has('output') ? flags.text('output') : '';
    this.#printer = output === '' ? undefined : objectPrinter({ output });
  }

  tell(printed: Printed, operation: string): void {
    if (this.#printer) this.#io.out(this.#printer.format([printed], false));
    else this.say(printed, operation);
  }

  /** In words, whatever -o says. */
  say({ object, resource }: Printed, operation: string): void {
    this.#io.out(`${kindName(resource)}/${object.metadata.name} ${operation}${this.#suffix}\n`);
  }

  warn(warnings: readonly string[]): void {
    for (const warning of warnings) this.#io.err(`Warning: ${warning}\n`);
  }
}
