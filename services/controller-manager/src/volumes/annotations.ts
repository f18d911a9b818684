/** A claim tells provisioners who is to make its volume: the newer name, and the older one. */
export const provisionerAnnotation = 'volume.kubernetes.io/storage-provisioner';
export const olderProvisionerAnnotation = 'volume.beta.kubernetes.io/storage-provisioner';

/** A volume tells who made it; deleting it is theirs too. */
export const provisionedByAnnotation = 'pv.kubernetes.io/provisioned-by';
