/** What becomes of volumes that nobody has: Recycle empties them and frees them, Delete deletes them. Failures are tried again. */
import { basename, dirname, normalize } from 'node:path';
import { type PersistentVolume, persistentVolumeKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { ifFound, objectKey, parseQuantity } from '@t8s/meta';
import { provisionedByAnnotation } from '../../volumes/annotations.ts';
import { HelperFailed, type HelperPods, type HelperTask } from '../../volumes/helper-pods.ts';
import type { Binder } from './controller.ts';

type Work = Pick<HelperTask, 'volume' | 'command'>;

interface Reclamation extends Work {
  /** What the pod's name begins with. */
  what: string;
  failed(why: string): Promise<void>;
}

const migratedToAnnotation = 'pv.kubernetes.io/migrated-to';
const gibibyte = 1024 ** 3;
const empty = ['sh', '-c', 'rm -rf /volume/..?* /volume/.[!.]* /volume/* && test -z "$(ls -A /volume)"'];

/** Its phase says so: once a reclamation has failed it stays Failed until one succeeds. */
export const isReleased = ({ status }: PersistentVolume): boolean => status?.phase === 'Released' || status?.phase === 'Failed';

export function reclaimer(
  { claims, podsOf, writes, event }: Binder,
  helpers: HelperPods,
  client: Client,
): (volume: PersistentVolume) => Promise<void> {
  return async (volume) => {
    const { annotations } = volume.metadata;
    if (annotations?.[migratedToAnnotation]) return;
    const policy = volume.spec.persistentVolumeReclaimPolicy;
    if (policy === 'Recycle') return recycle(volume);
    // Volumes that were made for claims, and those of CSI drivers, are their maker's to delete.
    if (policy === 'Delete' && annotations?.[provisionedByAnnotation] === undefined && !volume.spec.csi) return remove(volume);
  };

  async function recycle(volume: PersistentVolume): Promise<void> {
    const { claimRef } = volume.spec;
    const claimKey = `${claimRef?.namespace}/${claimRef?.name}`;
    // The pods of a claim of the same name have another volume.
    const users = claims.get(claimKey) ? [] : podsOf(claimKey).map(objectKey);
    const failed = (why: string): Promise<void> => fail(volume, 'VolumeFailedRecycle', why);
    if (users.length > 0) return event(volume, 'Normal', 'VolumeFailedRecycle', `Volume is used by pods: ${users.sort().join(',')}`);
    const work = recycling(volume);
    if (!work) return failed('No recycler plugin found for the volume!');
    if (!(await done(volume, { ...work, what: 'recycler-for', failed: (why) => failed(`Recycle failed: ${why}`) }))) return;
    event(volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
    await writes.unbind(volume);
  }

  async function remove(volume: PersistentVolume): Promise<void> {
    const { metadata, spec } = volume;
    const { name = '', uid = '' } = metadata;
    const failed = (why: string): Promise<void> => fail(volume, 'VolumeFailedDelete', why);
    if (!spec.hostPath) return failed(`error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`);
    const path = normalize(spec.hostPath.path);
    if (!/\/tmp\/./.test(path)) return failed(`host_path deleter only supports /tmp/.+ but received provided ${path}`);
    const work = { volume: { hostPath: { path: dirname(path) } }, command: ['rm', '-rf', `/volume/${basename(path)}`] };
    if (!(await done(volume, { ...work, what: 'deleter-for', failed }))) return;
    await ifFound(client.resource(persistentVolumeKind).delete({ name }, { preconditions: { uid } }));
  }

  /** True when a pod has done the work; one that has failed is told of. */
  async function done(volume: PersistentVolume, { what, failed, ...work }: Reclamation): Promise<boolean> {
    const { name = '', uid } = volume.metadata;
    try {
      const pod = await helpers.run({
        ...work,
        name: `${what}-${name}`.slice(0, 253),
        subject: `volume/${name}`,
        activeDeadlineSeconds: deadlineOf(volume),
        async isNeeded() {
          const now = await client.resource(persistentVolumeKind).get({ name });
          return (
            now.metadata.uid === uid &&
            isReleased(now) &&
            now.spec.persistentVolumeReclaimPolicy === volume.spec.persistentVolumeReclaimPolicy
          );
        },
      });
      return pod !== undefined;
    } catch (error) {
      if (!(error instanceof HelperFailed)) throw error;
      await failed(error.message);
      return false;
    }
  }

  async function fail(volume: PersistentVolume, reason: string, message: string): Promise<void> {
    if (await writes.setVolumePhase(volume, 'Failed', message)) event(volume, 'Warning', reason, message);
  }
}

/** Undefined where nothing is known of how to. */
function recycling({ spec: { hostPath, nfs } }: PersistentVolume): Work | undefined {
  if (hostPath) return { volume: { hostPath: { path: hostPath.path } }, command: empty };
  return nfs && { volume: { nfs: { server: nfs.server, path: nfs.path } }, command: empty };
}

/** Upstream's: 30 seconds for a GiB, at least a minute, or five where the volume is at the other end of a network. */
function deadlineOf({ spec: { capacity, nfs } }: PersistentVolume): number {
  const size = parseQuantity(capacity?.['storage'] ?? '0').value;
  return Math.max(nfs ? 300 : 60, Math.floor(size / gibibyte) * 30);
}
