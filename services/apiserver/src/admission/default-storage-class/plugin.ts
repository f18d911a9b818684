import { type PersistentVolumeClaim, type StorageClass, storageClassAnnotation } from '@t8s/api';
import type { ObjectStore } from '../../registry/object-store.ts';
import { defaultClass } from '../default-class.ts';
import type { AdmissionPlugin } from '../plugin.ts';

const isDefault = 'storageclass.kubernetes.io/is-default-class';
const wasDefault = 'storageclass.beta.kubernetes.io/is-default-class';

/** A claim that says nothing of its class gets the cluster's default one; an empty class is an answer too. */
export function defaultStorageClass({ cache }: ObjectStore): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    mutate({ resource, object, old, subresource }) {
      if (resource.storage !== 'persistentvolumeclaims' || old !== undefined || subresource !== '') return;
      const { metadata, spec } = object as PersistentVolumeClaim;
      if (spec.storageClassName !== undefined || metadata.annotations?.[storageClassAnnotation] !== undefined) return;
      const classes = [...cache.resource('storageclasses').range()].map((cached) => cached.object as StorageClass);
      const name = defaultClass(classes, isDefault, wasDefault)?.metadata.name;
      if (name !== undefined) spec.storageClassName = name;
    },
  };
}
