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

export interface Sum {
  amount: number;
  /** How many nodes have a share in it. */
  shares: number;
}

/** What a node adds, and the sums that it goes into, one for one. */
interface Known {
  generation: number;
  amounts: readonly number[];
  sums: readonly Sum[];
}

const none: ReadonlyMap<string, Sum> = new Map();
const nothing: Known = { generation: -1, amounts: [], sums: [] };

export class NodeSums<K extends string | number> {
  readonly #sharesOf: (node: NodeInfo) => readonly Share<K>[];
  /** By the node's position. */
  readonly #known: Known[] = [];
  /** The sums at a node by all keys that its labels have a value for, by position, as long as node and keys are the same. */
  readonly #places: { of: NodeInfo['node']; keys: number; sums: readonly Sum[] }[] = [];
  readonly #sums = new Map<K, Map<string, Sum>>();
  #shares = 0;
  #seen = -1;

  /** `sharesOf` must depend on nothing but the node. */
  constructor(sharesOf: (node: NodeInfo) => readonly Share<K>[]) {
    this.#sharesOf = sharesOf;
  }

  /** Brings the sums up to date. False if they are. The order of nodes must be the same in every call. */
  update(cluster: Pick<ClusterView, 'nodes' | 'version' | 'changedSince'>): boolean {
    if (this.#seen === cluster.version) return false;
    const changed = this.#seen === -1 ? cluster.nodes : cluster.changedSince(this.#seen);
    this.#seen = cluster.version;
    for (const node of changed) {
      const known = this.#known[node.position] ?? nothing;
      if (known.generation === node.generation || !node.node) continue;
      for (const [i, sum] of known.sums.entries()) this.#add(sum, -(known.amounts[i] ?? 0), -1);
      const shares = this.#sharesOf(node);
      const sums = shares.map(({ key, value, amount }) => this.#add(this.#sumOf(key, value), amount, 1));
      this.#known[node.position] = { generation: node.generation, amounts: shares.map(({ amount }) => amount), sums };
    }
    return true;
  }

  get isEmpty(): boolean {
    return this.#shares === 0;
  }

  /** The sum for each value of a key; those without shares are no more. */
  sums(key: K): ReadonlyMap<string, Readonly<Sum>> {
    return this.#sums.get(key) ?? none;
  }

  amount(key: K, value: string): number {
    return this.#sums.get(key)?.get(value)?.amount ?? 0;
  }

  /** The sum over all keys that a node's labels have a value for. */
  amountAt(this: NodeSums<string>, { node, position }: NodeInfo): number {
    if (this.#shares === 0) return 0;
    let place = this.#places[position];
    if (place?.of !== node || place?.keys !== this.#sums.size) {
      const labels = node?.metadata.labels ?? {};
      const keys = [...this.#sums.keys()].filter((key) => labels[key] !== undefined);
      place = { of: node, keys: this.#sums.size, sums: keys.map((key) => this.#sumOf(key, labels[key] ?? '')) };
      this.#places[position] = place;
    }
    let amount = 0;
    for (const sum of place.sums) amount += sum.amount;
    return amount;
  }

  /** As of the last update, in the order of the node's shares. */
  of({ position }: NodeInfo): Readonly<Pick<Known, 'amounts' | 'sums'>> {
    return this.#known[position] ?? nothing;
  }

  #sumOf(key: K, value: string): Sum {
    let values = this.#sums.get(key);
    if (!values) {
      values = new Map();
      this.#sums.set(key, values);
    }
    let sum = values.get(value);
    if (!sum) {
      sum = { amount: 0, shares: 0 };
      values.set(value, sum);
    }
    return sum;
  }

  #add(sum: Sum, amount: number, shares: 1 | -1): Sum {
    sum.amount += amount;
    sum.shares += shares;
    this.#shares += shares;
    return sum;
  }
}
