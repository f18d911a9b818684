import { objectKey } from '@t8s/meta';
import type { Decision } from './decide.ts';

/** What has been decided and is not in the API yet: volumes that are taken, and claims that have their node. */
export class Assumptions {
  /** Pods that share a claim may have decided the same: what one gives back is still the other's. */
  readonly #volumes = new Map<string, { claim: string; holders: Set<Decision> }>();
  readonly #nodes = new Map<string, { nodeName: string; holders: Set<Decision> }>();

  /** Whether another claim than this has the volume. */
  isTaken(volume: string, claimKey: string): boolean {
    const claim = this.#volumes.get(volume)?.claim;
    return claim !== undefined && claim !== claimKey;
  }

  /** The node on which a claim is being provisioned. */
  nodeOf(claimKey: string): string | undefined {
    return this.#nodes.get(claimKey)?.nodeName;
  }

  add(decision: Decision): void {
    const { bindings, provisions, nodeName } = decision;
    for (const { volume, claim } of bindings)
      hold(this.#volumes, volume.metadata.name ?? '', { claim: objectKey(claim), holders: new Set([decision]) });
    for (const claim of provisions) hold(this.#nodes, objectKey(claim), { nodeName, holders: new Set([decision]) });
  }

  remove(decision: Decision): void {
    for (const { volume } of decision.bindings) release(this.#volumes, volume.metadata.name ?? '', decision);
    for (const claim of decision.provisions) release(this.#nodes, objectKey(claim), decision);
  }
}

function hold<T extends { holders: Set<Decision> }>(held: Map<string, T>, key: string, entry: T): void {
  for (const other of held.get(key)?.holders ?? []) entry.holders.add(other);
  held.set(key, entry);
}

function release(held: Map<string, { holders: Set<Decision> }>, key: string, decision: Decision): void {
  const holders = held.get(key)?.holders;
  if (holders?.delete(decision) && holders.size === 0) held.delete(key);
}
