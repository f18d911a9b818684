/** The input of `iptables-restore --noflush` that turns one rule set into another. Pure. */
import { servicePrefixes } from './chain-names.ts';
import { type ChainText, type Table, tables } from './chain-text.ts';
import { type Jump, jumpText } from './jumps.ts';

/** What is in the kernel: our chains by table; a chain whose rules are not known has `undefined`. */
export type WrittenChains = ReadonlyMap<Table, ReadonlyMap<string, string | undefined>>;

export interface RestoreInput {
  /** `''` where nothing has to be written. */
  readonly text: string;
  /** Chains rewritten or removed. */
  readonly chains: number;
}

/** Rewrites the chains that differ, removes those that `set` has no more, and puts `missingJumps` before all other rules. */
export function restoreInput(written: WrittenChains, set: ChainText, missingJumps: readonly Jump[] = []): RestoreInput {
  let text = '';
  let count = 0;
  for (const table of tables) {
    const old = written.get(table);
    const wanted = set.chains(table);
    const changed = [...wanted].filter(([chain, lines]) => old?.get(chain) !== lines);
    const gone = [...(old?.keys() ?? [])].filter((chain) => !wanted.has(chain));
    const jumps = missingJumps.filter((jump) => jump.table === table);
    if (changed.length + gone.length + jumps.length === 0) continue;
    count += changed.length + gone.length;
    const parts = [
      `*${table}\n`,
      // With --noflush a chain's line empties it, or makes it.
      ...[...changed.map(([chain]) => chain), ...gone].map((chain) => `:${chain} - [0:0]\n`),
      ...changed.map(([, lines]) => lines),
      ...jumps.map((jump) => `-I ${jumpText(jump)}\n`),
      ...gone.map((chain) => `-X ${chain}\n`),
      'COMMIT\n',
    ];
    text += parts.join('');
  }
  return { text, chains: count };
}

/** Chains of Services that `iptables-save` shows: they are ours, and stale unless the new rule set has them. */
export function savedServiceChains(saved: string): WrittenChains {
  const found = savedChains(saved);
  const nat = [...(found.get('nat') ?? [])].filter((chain) => servicePrefixes.some((prefix) => chain.startsWith(prefix)));
  return new Map([['nat', new Map(nat.map((chain) => [chain, undefined]))]]);
}

/** The names of all chains in the output of `iptables-save`, by table. */
export function savedChains(saved: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  let chains = new Set<string>();
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) {
      chains = new Set();
      found.set(line.slice(1), chains);
    } else if (line.startsWith(':')) chains.add(line.slice(1, line.indexOf(' ')));
  }
  return found;
}
