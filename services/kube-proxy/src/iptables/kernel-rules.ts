/** Our rules in the kernel: written as a whole, in one call, and only where they differ from what was written before. */
import { chains, servicePrefixes } from './chain-names.ts';
import { type ChainText, type Table, tables } from './chain-text.ts';
import { CommandError, type RunCommand } from './command.ts';
import { type Jump, localnetJumps, ourJumps } from './jumps.ts';
import { type RestoreInput, restoreInput, savedChains, savedServiceChains, type WrittenChains } from './restore-input.ts';

export interface KernelRulesOptions {
  run: RunCommand;
  localhostNodePorts: boolean;
}

/** Seconds to wait for another program that holds the lock of the tables (legacy iptables). */
const lockWait = ['-w', '5'];

/**
 * Promises: one `iptables-restore --noflush` a write, which takes effect as a whole or not at all for each table; no chain
 * but ours is touched, and in the kernel's own chains no rule but our jumps. After a failed write nothing is taken for known.
 * Not safe for calls side by side.
 */
export class KernelRules {
  readonly #run: RunCommand;
  readonly #jumps: readonly Jump[];
  #written: WrittenChains | undefined;

  constructor({ run, localhostNodePorts }: KernelRulesOptions) {
    this.#run = run;
    this.#jumps = localhostNodePorts ? [...ourJumps, ...localnetJumps] : ourJumps;
  }

  /** Makes the kernel hold `set`; resolves with what was written. Throws CommandError with the program's words. */
  async write(set: ChainText): Promise<RestoreInput> {
    const input = this.#written ? restoreInput(this.#written, set) : await this.#fullInput(set);
    if (input.text !== '') {
      this.#written = undefined;
      await this.#checked('iptables-restore', [...lockWait, '-W', '100000', '--noflush'], input.text);
    }
    this.#written = new Map(tables.map((table) => [table, set.chains(table)]));
    return input;
  }

  /**
   * Whether our rules are still there: the canary chains, which a flush of everything removes, and a jump in each table,
   * which a flush of one table removes. Where not, the next write is a full one.
   */
  async intact(): Promise<boolean> {
    if (!this.#written) return true;
    const sentinels = [find('nat', 'PREROUTING'), find('filter', 'FORWARD')];
    for (const table of tables) if (!(await this.#succeeds(['-t', table, '-S', chains.canary]))) return this.#forget();
    for (const jump of sentinels) if (!(await this.#has(jump))) return this.#forget();
    return true;
  }

  /** Removes every chain and rule of ours; others' rules stay. Resolves with the number of chains removed. */
  async cleanup(): Promise<number> {
    this.#written = undefined;
    const saved = savedChains((await this.#checked('iptables-save', [])).stdout);
    const fixed = new Set<string>(Object.values(chains));
    let removed = 0;
    let text = '';
    for (const table of tables) {
      const names = [...(saved.get(table) ?? [])].filter((name) => fixed.has(name) || servicePrefixes.some((p) => name.startsWith(p)));
      if (names.length === 0) continue;
      for (const jump of [...ourJumps, ...localnetJumps]) if (jump.table === table) await this.#removeJump(jump);
      text += [`*${table}\n`, ...names.map((name) => `:${name} - [0:0]\n`), ...names.map((name) => `-X ${name}\n`), 'COMMIT\n'].join('');
      removed += names.length;
    }
    if (text !== '') await this.#checked('iptables-restore', [...lockWait, '--noflush'], text);
    return removed;
  }

  async #fullInput(set: ChainText): Promise<RestoreInput> {
    const stale = savedServiceChains((await this.#checked('iptables-save', ['-t', 'nat'])).stdout);
    const missing: Jump[] = [];
    for (const jump of this.#jumps) if (!(await this.#has(jump))) missing.push(jump);
    return restoreInput(stale, set, missing);
  }

  #forget(): false {
    this.#written = undefined;
    return false;
  }

  /** More than one copy may be there, where another proxy ran before. */
  async #removeJump(jump: Jump): Promise<void> {
    while (await this.#has(jump)) await this.#checked('iptables', [...lockWait, '-t', jump.table, '-D', ...jumpArgs(jump)]);
  }

  #has(jump: Jump): Promise<boolean> {
    return this.#succeeds(['-t', jump.table, '-C', ...jumpArgs(jump)]);
  }

  /** Exit code 1 says that the rule or chain is not there, 2 (legacy) that its target is not. */
  async #succeeds(args: readonly string[]): Promise<boolean> {
    const result = await this.#run('iptables', [...lockWait, ...args]);
    if (result.code > 2) throw new CommandError('iptables', result);
    return result.code === 0;
  }

  async #checked(program: string, args: readonly string[], input?: string): Promise<{ stdout: string }> {
    const result = await this.#run(program, args, input);
    if (result.code !== 0) throw new CommandError(program, result);
    return result;
  }
}

const jumpArgs = ({ from, to, match }: Jump): string[] => [from, ...match, '-j', to];

function find(table: Table, from: string): Jump {
  const jump = ourJumps.find((candidate) => candidate.table === table && candidate.from === from);
  if (!jump) throw new RangeError(`no jump of ours in ${table}/${from}`);
  return jump;
}
