import { type PersistentVolumeClaim, type StorageClass, storageClassAnnotation } from '@t8s/api';
import { forbidden, parseQuantity } from '@t8s/meta';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionPlugin } from '../plugin.ts';

/** A claim grows where its class lets it. */
export function persistentVolumeClaimResize({ cache }: ObjectStore): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    validate({ resource, object, old, subresource }) {
      if (resource.storage !== 'persistentvolumeclaims' || old === undefined || subresource !== '') return;
      const [next, before] = [object as PersistentVolumeClaim, old as PersistentVolumeClaim];
      if (sizeOf(next) <= sizeOf(before)) return;
      const refuse = (why: string): Error => forbidden(resource.kind, object.metadata.name ?? '', why);
      if (before.status?.phase !== 'Bound') throw refuse('only bound persistent volume claims can be expanded');
      const name = next.metadata.annotations?.[storageClassAnnotation] ?? next.spec.storageClassName ?? '';
      const found = name === '' ? undefined : (cache.resource('storageclasses').get(name)?.object as StorageClass | undefined);
      if (!found?.allowVolumeExpansion)
        throw refuse('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
    },
  };
}

const sizeOf = ({ spec }: PersistentVolumeClaim): bigint => parseQuantity(spec.resources?.requests?.storage ?? '0').nano;
