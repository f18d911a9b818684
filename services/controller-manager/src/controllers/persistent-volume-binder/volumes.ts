/** A volume looks for its claim, and is reclaimed when that has gone. */
import { type PersistentVolume, type PersistentVolumeClaim, storageClassOf } from '@t8s/api';
import { provisionedByAnnotation } from '../../volumes/annotations.ts';
import { bind, choose } from './claims.ts';
import type { Binder } from './controller.ts';
import { isReleased } from './reclaim.ts';

export async function syncVolume(volume: PersistentVolume, binder: Binder): Promise<void> {
  const { writes, event } = binder;
  const { claimRef } = volume.spec;
  // Reserved for a claim that is not there yet is still free.
  if (!claimRef || (claimRef.uid ?? '') === '') {
    const isNew = await writes.setVolumePhase(volume, 'Available');
    return isNew || claimRef ? undefined : offer(volume, binder);
  }
  const claim = await claimOf(volume, binder);
  if (!claim) return release(volume, binder);
  const { volumeName = '' } = claim.spec;
  if (volumeName === volume.metadata.name) return void (await writes.setVolumePhase(volume, 'Bound'));
  // Half of a binding: the claim goes on with it.
  if (volumeName === '') {
    if ((claim.spec.volumeMode ?? 'Filesystem') !== (volume.spec.volumeMode ?? 'Filesystem')) {
      const message = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" due to incompatible volumeMode.`;
      event(volume, 'Warning', 'VolumeMismatch', message);
      const toClaim = `Cannot bind PersistentVolume "${volume.metadata.name}" to requested PersistentVolumeClaim due to incompatible volumeMode.`;
      event(claim, 'Warning', 'VolumeMismatch', toClaim);
    }
    return;
  }
  // The claim has another: what was made for it goes, what was free before is free again.
  if (volume.metadata.annotations?.[provisionedByAnnotation] !== undefined && volume.spec.persistentVolumeReclaimPolicy === 'Delete')
    return release(volume, binder);
  await writes.unbind(volume);
}

/** A claim may have waited for just this one. */
async function offer(volume: PersistentVolume, binder: Binder): Promise<void> {
  if (volume.metadata.deletionTimestamp) return;
  const waits = binder.waits(storageClassOf(volume));
  for (;;) {
    const claim = binder.market.claimFor(volume, { waits });
    const best = claim && choose(claim, binder);
    if (best) await bind(best, claim, binder);
    // Whoever could have had a better one has it now.
    if (!best || best.metadata.name === volume.metadata.name) return;
  }
}

/** The claim with the very uid. Memory may be behind: what is missing there is asked for. */
async function claimOf(
  { spec: { claimRef } }: PersistentVolume,
  { claims, readClaim }: Binder,
): Promise<PersistentVolumeClaim | undefined> {
  const { namespace = '', name = '', uid } = claimRef ?? {};
  const known = claims.get(`${namespace}/${name}`);
  const claim = known?.metadata.uid === uid ? known : await readClaim(namespace, name);
  return claim?.metadata.uid === uid ? claim : undefined;
}

async function release(volume: PersistentVolume, { writes, reclaim }: Binder): Promise<void> {
  if (isReleased(volume)) return reclaim(volume);
  // What comes next stands on the new version.
  await writes.setVolumePhase(volume, 'Released');
}
