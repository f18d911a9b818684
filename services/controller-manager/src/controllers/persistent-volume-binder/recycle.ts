/** The reclaim policy Recycle: a pod empties the volume, and it is free again. */
import { type PersistentVolume, persistentVolumeKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { objectKey } from '@t8s/meta';
import { HelperFailed, type HelperPods } from '../../volumes/helper-pods.ts';
import type { Binder } from './controller.ts';

const activeDeadlineSeconds = 60;

export function recycler(
  { claims, podsOf, writes, event }: Binder,
  helpers: HelperPods,
  client: Client,
): (volume: PersistentVolume) => Promise<void> {
  return async (volume) => {
    const { name = '' } = volume.metadata;
    const { hostPath, nfs, claimRef } = volume.spec;
    const claimKey = `${claimRef?.namespace}/${claimRef?.name}`;
    // The pods of a claim of the same name have another volume.
    const users = claims.get(claimKey) ? [] : podsOf(claimKey).map(objectKey);
    if (users.length > 0) return event(volume, 'Normal', 'VolumeFailedRecycle', `Volume is used by pods: ${users.join(',')}`);
    if (!hostPath && !nfs) return fail(volume, 'no recyclable volume plugin matched');
    try {
      const isDone = await helpers.run({
        name: `recycler-for-${name}`.slice(0, 253),
        subject: `volume/${name}`,
        isNeeded: () => isReleased(name),
        volume: hostPath ? { hostPath: { path: hostPath.path } } : { nfs: { server: nfs?.server ?? '', path: nfs?.path ?? '' } },
        command: ['sh', '-c', 'rm -rf /volume/..?* /volume/.[!.]* /volume/* && test -z "$(ls -A /volume)"'],
        activeDeadlineSeconds,
      });
      if (!isDone) return;
    } catch (error) {
      if (error instanceof HelperFailed) return fail(volume, error.message);
      throw error;
    }
    event(volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
    await writes.unbind(volume);
  };

  async function isReleased(name: string): Promise<boolean> {
    const { status } = await client.resource(persistentVolumeKind).get({ name });
    return status?.phase === 'Released';
  }

  async function fail(volume: PersistentVolume, why: string): Promise<void> {
    const message = `Recycle failed: ${why}`;
    if (await writes.setVolumePhase(volume, 'Failed', message)) event(volume, 'Warning', 'VolumeFailedRecycle', message);
  }
}
