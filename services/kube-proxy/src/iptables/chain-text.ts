/** Rules by chain, as the text iptables-restore takes. */

export type Table = 'filter' | 'nat' | 'mangle';
export const tables: readonly Table[] = ['mangle', 'filter', 'nat'];

/** Text of whole chains: each a run of `-A` lines, each line ended. */
export class ChainText {
  readonly #tables = new Map<Table, Map<string, string>>();

  /** Makes the chain if it is new; appends a rule if one is given. */
  add(table: Table, chain: string, rule?: string): void {
    this.append(table, chain, rule === undefined ? '' : `-A ${chain} ${rule}\n`);
  }

  append(table: Table, chain: string, lines: string): void {
    const chains = this.#tables.get(table) ?? new Map<string, string>();
    this.#tables.set(table, chains);
    chains.set(chain, (chains.get(chain) ?? '') + lines);
  }

  /** Adds all chains of another; those that both have get its rules after their own. */
  merge(other: ChainText): void {
    for (const [table, chains] of other.#tables) for (const [chain, lines] of chains) this.append(table, chain, lines);
  }

  /** The chains of a table and their rules, in the order they were made. */
  chains(table: Table): ReadonlyMap<string, string> {
    return this.#tables.get(table) ?? new Map();
  }
}
