/** What a kubectl command is. Each has a folder or file of its own under commands/; verbs.ts lists them. */
import type { Session } from '../session.ts';

export interface Verb extends VerbBody {
  name: string;
  aliases?: readonly string[];
  /** One line for the list of commands. */
  summary: string;
}

/** A command of kubectl itself: its code is loaded when it is the one that runs. */
export interface ListedVerb extends Pick<Verb, 'name' | 'summary'> {
  /** The heading under which help lists it. */
  group: string;
  load(): Promise<VerbBody>;
}

export interface VerbBody {
  /** What help says before the examples. */
  about?: string;
  examples?: string;
  /** The arguments of the usage line: `TYPE NAME`. */
  usage?: string;
  flags?: readonly Flag[];
  /** Commands below this one: `rollout status`. */
  verbs?: readonly Verb[];
  run?(invocation: Invocation): Promise<void>;
}

export interface Flag {
  name: string;
  short?: string;
  /** `optional`: the value may be left out (`--dry-run`). `strings` split at commas, `texts` do not. A `duration` is read as milliseconds. */
  type: 'boolean' | 'string' | 'strings' | 'texts' | 'number' | 'duration' | 'optional';
  default?: string | boolean | number;
  required?: boolean;
  /** Still taken, with a word about what comes: help leaves it out. */
  deprecated?: string;
  /** What an `optional` flag without a value means. */
  implied?: string;
  help: string;
}

export interface Invocation {
  session: Session;
  args: readonly string[];
  /** Arguments after `--`; undefined without one. */
  rest: readonly string[] | undefined;
  flags: Flags;
  /** `kubectl rollout status`: for messages. */
  path: string;
}

/** The flags of one invocation; reading one that the verb does not have is a bug and throws. */
export class Flags {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #given: ReadonlySet<string>;

  constructor(values: ReadonlyMap<string, unknown>, given: ReadonlySet<string>) {
    this.#values = values;
    this.#given = given;
  }

  text(name: string): string {
    return String(this.#value(name) ?? '');
  }

  on(name: string): boolean {
    return this.#value(name) === true;
  }

  number(name: string): number {
    return Number(this.#value(name));
  }

  list(name: string): readonly string[] {
    return (this.#value(name) as readonly string[] | undefined) ?? [];
  }

  /** Whether the verb has this flag. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  given(name: string): boolean {
    return this.#given.has(name);
  }

  /** What was given, in that order. */
  givenTexts(): [name: string, value: string][] {
    return [...this.#given].filter((name) => this.#values.has(name)).map((name) => [name, String(this.#value(name))]);
  }

  #value(name: string): unknown {
    if (!this.#values.has(name)) throw new Error(`the command has no flag --${name}`);
    return this.#values.get(name);
  }
}
