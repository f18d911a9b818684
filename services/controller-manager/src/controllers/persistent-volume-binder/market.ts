/** Free volumes and waiting claims, found by each other without looking at all there are. */
import {
  capacityOf,
  isForClaim,
  isUnfit,
  likeness,
  offersModes,
  type PersistentVolume,
  type PersistentVolumeClaim,
  requestedStorage,
  selectedNodeAnnotation,
} from '@t8s/api';
import { objectKey, toSelector } from '@t8s/meta';
import { Shelves } from './shelves.ts';

export class Market {
  readonly #volumes = new Shelves<PersistentVolume>();
  /** Claims whose first pod has a node, and all others: where volumes wait for pods only those may have one. */
  readonly #claims = { placed: new Shelves<PersistentVolumeClaim>(), unplaced: new Shelves<PersistentVolumeClaim>() };

  /** As it is now: it stays while it is free. */
  showVolume(volume: PersistentVolume): void {
    const { metadata, spec, status } = volume;
    if (spec.claimRef || status?.phase !== 'Available' || metadata.deletionTimestamp) this.takeVolume(volume);
    else {
      const place = { likeness: likeness(volume), modes: spec.accessModes ?? [], size: capacityOf(volume).nano };
      this.#volumes.put(objectKey(volume), place, volume);
    }
  }

  takeVolume(volume: PersistentVolume): void {
    this.#volumes.remove(objectKey(volume));
  }

  /** As it is now: it stays while it has no volume. */
  showClaim(claim: PersistentVolumeClaim): void {
    this.takeClaim(claim);
    if (claim.spec.volumeName || claim.metadata.deletionTimestamp) return;
    const place = { likeness: likeness(claim), modes: claim.spec.accessModes ?? [], size: requestedStorage(claim).nano };
    this.#claims[claim.metadata.annotations?.[selectedNodeAnnotation] ? 'placed' : 'unplaced'].put(objectKey(claim), place, claim);
  }

  takeClaim(claim: PersistentVolumeClaim): void {
    this.#claims.placed.remove(objectKey(claim));
    this.#claims.unplaced.remove(objectKey(claim));
  }

  /** The smallest that will do, of those with the fewest access modes. */
  volumeFor(claim: PersistentVolumeClaim): PersistentVolume | undefined {
    const { selector, accessModes } = claim.spec;
    const selects = selector && toSelector(selector);
    const wanted = { likeness: likeness(claim), size: requestedStorage(claim).nano };
    for (const volume of this.#volumes.atLeast(wanted, (modes) => offersModes(modes, accessModes)))
      if (!selects || selects.matches(volume.metadata.labels)) return volume;
    return undefined;
  }

  /** The largest that the volume will do for; of those with a node only where it `waits` for one. */
  claimFor(volume: PersistentVolume, { waits }: { waits: boolean }): PersistentVolumeClaim | undefined {
    const offered = { likeness: likeness(volume), size: capacityOf(volume).nano };
    for (const claims of waits ? [this.#claims.placed] : [this.#claims.placed, this.#claims.unplaced])
      for (const claim of claims.atMost(offered, (modes) => offersModes(volume.spec.accessModes, modes))) {
        const { selector } = claim.spec;
        if (!selector || toSelector(selector).matches(volume.metadata.labels)) return claim;
      }
    return undefined;
  }
}

/** The one of `naming`, which name the claim, that was made for it or is kept for it. */
export const ownVolume = (claim: PersistentVolumeClaim, naming: readonly PersistentVolume[]): PersistentVolume | undefined =>
  naming.find(
    (volume) => isForClaim(volume, claim) && !isUnfit(volume, claim) && offersModes(volume.spec.accessModes, claim.spec.accessModes),
  );
