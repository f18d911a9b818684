import { defaultStorageClass, namesStorageClass, type PersistentVolumeClaim, type StorageClass } from '@t8s/api';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionPlugin } from '../plugin.ts';

/** A claim that says nothing of its class gets the cluster's default one. */
export function defaultStorageClassPlugin({ cache }: ObjectStore): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    mutate({ resource, object, old, subresource }) {
      if (resource.storage !== 'persistentvolumeclaims' || old !== undefined || subresource !== '') return;
      const claim = object as PersistentVolumeClaim;
      if (namesStorageClass(claim)) return;
      const classes = [...cache.resource('storageclasses').range()].map((cached) => cached.object as StorageClass);
      const name = defaultStorageClass(classes)?.metadata.name;
      if (name !== undefined) claim.spec.storageClassName = name;
    },
  };
}
