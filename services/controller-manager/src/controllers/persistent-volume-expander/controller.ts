/** Claims that ask for more than they have: what is built in has no bounds of its own, so that saying so is all there is to do. */
import { type PersistentVolumeClaim, type PersistentVolumeClaimStatus, persistentVolumeClaimKind, persistentVolumeKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { isStatus, objectKey, parseQuantity } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { provisionedByAnnotation } from '../../volumes/annotations.ts';

const resizing: ReadonlySet<string> = new Set(['ControllerResizeError', 'FileSystemResizePending', 'NodeResizeError', 'Resizing']);

export function persistentVolumeExpander({ client, informers, events, clock, log }: ControllerContext): Controller {
  const claims = informers.informer(persistentVolumeClaimKind);
  const volumes = informers.informer(persistentVolumeKind);
  const recorder = events('volume_expand');
  const controller = new Controller({ name: 'persistentvolume-expander', informers: [claims, volumes], reconcile, log, clock });
  controller.watch(claims, (claim) => (wantsMore(claim) ? [objectKey(claim)] : []));
  // The claim may have come first.
  volumes.addHandler({ added: ({ spec: { claimRef } }) => claimRef && controller.enqueue(`${claimRef.namespace}/${claimRef.name}`) });
  return controller;

  async function reconcile(key: string): Promise<void> {
    const claim = claims.get(key);
    const volume = claim && volumes.get(claim.spec.volumeName ?? '');
    // Whether the class lets claims grow was asked when this one did.
    if (!claim || !volume || !wantsMore(claim) || volume.spec.claimRef?.uid !== claim.metadata.uid) return;
    const storage = claim.spec.resources?.requests?.['storage'] ?? '0';
    const provisioner = volume.metadata.annotations?.[provisionedByAnnotation];
    if (!provisioner?.startsWith('t8s.local/')) {
      recorder.event(claim, 'Normal', 'ExternalExpanding', 'waiting for an external controller to expand this PVC');
      return;
    }
    recorder.event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${volume.metadata.name}`);
    try {
      if (parseQuantity(storage).compare(parseQuantity(volume.spec.capacity?.['storage'] ?? '0')) > 0)
        await client
          .resource(persistentVolumeKind)
          .update({ ...volume, spec: { ...volume.spec, capacity: { ...volume.spec.capacity, storage } } });
      await client.resource(persistentVolumeClaimKind).updateStatus({ ...claim, status: grown(claim.status, storage) });
    } catch (error) {
      if (isStatus(error, 'NotFound')) return;
      throw error;
    }
    recorder.event(claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
  }
}

/** As a resizer leaves it that can recover: what was allocated stays told, what was under way does not (KEP-1790). */
function grown(status: PersistentVolumeClaimStatus = {}, storage: string): PersistentVolumeClaimStatus {
  const { conditions, allocatedResourceStatuses: _, ...rest } = status;
  const others = conditions?.filter(({ type }) => !resizing.has(type));
  return {
    ...rest,
    capacity: { ...status.capacity, storage },
    allocatedResources: { ...status.allocatedResources, storage },
    ...(others && others.length > 0 && { conditions: others }),
  };
}

function wantsMore({ spec, status }: PersistentVolumeClaim): boolean {
  const [request, capacity] = [spec.resources?.requests?.['storage'], status?.capacity?.['storage']];
  if (status?.phase !== 'Bound' || request === undefined || capacity === undefined) return false;
  return parseQuantity(request).compare(parseQuantity(capacity)) > 0;
}
