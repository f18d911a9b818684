/** Makes the claims of pods and keeps their owners right, with the events users read in `describe`. */
import { type PersistentVolumeClaim, type Pod, persistentVolumeClaimKind, type StatefulSet } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import type { Informer } from '@t8s/informer';
import { aggregate, isStatus } from '@t8s/meta';
import type { Owner } from '../../pods/claim.ts';
import { claimName, podName } from './identity.ts';
import { claimOwners, isStaleClaim, newClaims } from './retention.ts';

export class Claims {
  readonly #client: Client;
  readonly #events: EventRecorder;
  readonly #claims: Informer<PersistentVolumeClaim>;

  constructor({ client, events, claims }: { client: Client; events: EventRecorder; claims: Informer<PersistentVolumeClaim> }) {
    this.#client = client;
    this.#events = events;
    this.#claims = claims;
  }

  isStale(set: StatefulSet, ordinal: number): boolean {
    return this.#of(set, ordinal).some((claim) => isStaleClaim(set, ordinal, claim));
  }

  /** Makes the claims that a pod lacks. Throws one error of all that failed, and of those that are being deleted. */
  async make(set: Owner<StatefulSet>, ordinal: number): Promise<void> {
    const failures: string[] = [];
    for (const claim of newClaims(set, ordinal)) {
      const { namespace, name = '' } = claim.metadata;
      const cached = this.#claims.get(`${namespace}/${name}`);
      if (cached?.metadata.deletionTimestamp) failures.push(`pvc ${name} is being deleted`);
      else if (!cached) failures.push(...(await this.#create(set, podName(set, ordinal), claim)));
    }
    if (failures.length > 0) throw new Error(aggregate(failures));
  }

  /** Gives the claims of a pod the owner that the retention policy wants. */
  async own(set: Owner<StatefulSet>, pod: Pod, ordinal: number): Promise<void> {
    for (const claim of this.#of(set, ordinal)) {
      const { references, isForeign } = claimOwners(set, pod, ordinal, claim);
      if (isForeign && pod.status?.phase !== 'Running') {
        // In upstream's spelling.
        const message = `PersistentVolumeClaim ${claim.metadata.name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`;
        this.#events.event(set, 'Warning', 'ConflictingController', message);
      }
      if (!references) continue;
      const metadata = { ...claim.metadata, ownerReferences: references };
      await this.#client.resource(persistentVolumeClaimKind).update({ ...claim, metadata });
    }
  }

  async #create(set: Owner<StatefulSet>, pod: string, claim: PersistentVolumeClaim): Promise<string[]> {
    const { name } = claim.metadata;
    try {
      await this.#client.resource(persistentVolumeClaimKind).create(claim);
      const message = `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
      this.#events.event(set, 'Normal', 'SuccessfulCreate', message);
      return [];
    } catch (error) {
      // There, but not in the cache yet.
      if (isStatus(error, 'AlreadyExists')) return [];
      const why = (error as Error).message;
      const message = `create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${why}`;
      this.#events.event(set, 'Warning', 'FailedCreate', message);
      return [`failed to create PVC ${name}: ${why}`];
    }
  }

  /** The claims of an ordinal that there are. */
  #of(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
    const names = (set.spec.volumeClaimTemplates ?? []).map((template) => claimName(template, set, ordinal));
    return names.map((name) => this.#claims.get(`${set.metadata.namespace}/${name}`)).filter((claim) => claim !== undefined);
  }
}
