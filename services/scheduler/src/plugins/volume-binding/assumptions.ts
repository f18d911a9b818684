import { objectKey } from '@t8s/meta';
import type { Decision } from './decide.ts';

/** What has been decided and is not in the API yet: volumes that are taken, and claims that have their node. */
export class Assumptions {
  readonly #volumes = new Map<string, string>();
  readonly #nodes = new Map<string, string>();

  /** Volumes that other claims than this have taken. */
  takenFrom(claimKey: string): Set<string> {
    return new Set([...this.#volumes].filter(([, key]) => key !== claimKey).map(([volume]) => volume));
  }

  /** The volume decided for a claim. */
  volumeOf(claimKey: string): string | undefined {
    return [...this.#volumes].find(([, key]) => key === claimKey)?.[0];
  }

  /** The node on which a claim is being provisioned. */
  nodeOf(claimKey: string): string | undefined {
    return this.#nodes.get(claimKey);
  }

  add({ bindings, provisions, nodeName }: Decision): void {
    for (const { volume, claim } of bindings) this.#volumes.set(volume.metadata.name ?? '', objectKey(claim));
    for (const claim of provisions) this.#nodes.set(objectKey(claim), nodeName);
  }

  remove({ bindings, provisions }: Decision): void {
    for (const { volume } of bindings) this.#volumes.delete(volume.metadata.name ?? '');
    for (const claim of provisions) this.#nodes.delete(objectKey(claim));
  }
}
