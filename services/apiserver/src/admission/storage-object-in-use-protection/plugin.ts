import type { AdmissionPlugin } from '../plugin.ts';

const finalizers: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
};

/** A volume stays as long as a claim is bound to it, a claim as long as a pod uses it: controllers take the finalizers away. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  mutate({ resource, object, old, subresource }) {
    const finalizer = finalizers[resource.storage];
    if (finalizer === undefined || old !== undefined || subresource !== '') return;
    const present = object.metadata.finalizers ?? [];
    if (!present.includes(finalizer)) object.metadata.finalizers = [...present, finalizer];
  },
};
