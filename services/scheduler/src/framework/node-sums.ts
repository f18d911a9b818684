/**
 * Sums over all nodes of something that each node's pods add up to, by key and value (a topology's domain). Kept up by
 * asking only nodes that changed: after a placement that is one.
 */
import type { NodeInfo } from './node-info.ts';
import type { ClusterView } from './plugin.ts';

/** What one node adds to one sum. A share of 0 counts too: it makes the value known. */
export interface Share<K> {
  key: K;
  value: string;
  amount: number;
}

interface Sum {
  amount: number;
  shares: number;
}

const none: ReadonlyMap<string, Sum> = new Map();

export class NodeSums<K extends string | number> {
  readonly #sharesOf: (node: NodeInfo) => readonly Share<K>[];
  readonly #known = new Map<NodeInfo, { generation: number; shares: readonly Share<K>[] }>();
  readonly #sums = new Map<K, Map<string, Sum>>();
  #seen = -1;

  /** `sharesOf` must depend on nothing but the node. */
  constructor(sharesOf: (node: NodeInfo) => readonly Share<K>[]) {
    this.#sharesOf = sharesOf;
  }

  /** Brings the sums up to date. False if they are. The set of nodes must be the same in every call. */
  update(cluster: Pick<ClusterView, 'nodes' | 'version' | 'changedSince'>): boolean {
    if (this.#seen === cluster.version) return false;
    const changed = this.#seen === -1 ? cluster.nodes : cluster.changedSince(this.#seen);
    this.#seen = cluster.version;
    for (const node of changed) {
      const known = this.#known.get(node);
      if (known?.generation === node.generation || !node.node) continue;
      for (const share of known?.shares ?? []) this.#add(share, -1);
      const shares = this.#sharesOf(node);
      for (const share of shares) this.#add(share, 1);
      this.#known.set(node, { generation: node.generation, shares });
    }
    return true;
  }

  get isEmpty(): boolean {
    return this.#sums.size === 0;
  }

  /** The sum for each value of a key that any node has a share in. */
  sums(key: K): ReadonlyMap<string, { readonly amount: number }> {
    return this.#sums.get(key) ?? none;
  }

  amount(key: K, value: string): number {
    return this.#sums.get(key)?.get(value)?.amount ?? 0;
  }

  /** The sum over all keys that a node's labels have a value for. */
  amountAt(this: NodeSums<string>, labels: Readonly<Record<string, string>> = {}): number {
    let amount = 0;
    for (const [key, values] of this.#sums) {
      const value = labels[key];
      if (value !== undefined) amount += values.get(value)?.amount ?? 0;
    }
    return amount;
  }

  /** What one node adds, as of the last update. */
  sharesOf(node: NodeInfo): readonly Share<K>[] {
    return this.#known.get(node)?.shares ?? [];
  }

  #add({ key, value, amount }: Share<K>, sign: 1 | -1): void {
    let values = this.#sums.get(key);
    if (!values) {
      values = new Map();
      this.#sums.set(key, values);
    }
    const sum = values.get(value) ?? { amount: 0, shares: 0 };
    sum.amount += sign * amount;
    sum.shares += sign;
    if (sum.shares > 0) values.set(value, sum);
    else values.delete(value);
    if (values.size === 0) this.#sums.delete(key);
  }
}
