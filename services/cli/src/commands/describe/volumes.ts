/** The volumes of a pod or a template, each with where its data comes from. */
import type { Volume, VolumeProjection } from '@t8s/api';
import type { Description } from './description.ts';

type Value = string | number | boolean | undefined;

export function describeVolumes(to: Description, volumes: readonly Volume[] = [], indent = ''): void {
  if (volumes.length === 0) {
    to.line(0, `${indent}Volumes:`, '<none>');
    return;
  }
  to.line(0, `${indent}Volumes:`);
  for (const volume of volumes) {
    to.line(1, `${indent === '' ? '' : ' '}${volume.name}:`);
    describeSource(to, volume);
  }
}

function describeSource(to: Description, volume: Volume): void {
  const { hostPath, emptyDir, secret, configMap, projected, downwardAPI, persistentVolumeClaim, nfs, ephemeral, csi, image } = volume;
  const tell = (type: string, facts: Record<string, Value>): void => {
    to.line(2, 'Type:', type);
    for (const [name, value] of Object.entries(facts)) to.line(2, `${name}:`, value);
  };
  if (hostPath) tell('HostPath (bare host directory volume)', { Path: hostPath.path, HostPathType: hostPath.type ?? '<none>' });
  else if (emptyDir)
    tell("EmptyDir (a temporary directory that shares a pod's lifetime)", {
      Medium: emptyDir.medium,
      SizeLimit: emptyDir.sizeLimit ?? '<unset>',
    });
  else if (secret) tell('Secret (a volume populated by a Secret)', { SecretName: secret.secretName, Optional: secret.optional ?? false });
  else if (configMap)
    tell('ConfigMap (a volume populated by a ConfigMap)', { Name: configMap.name, Optional: configMap.optional ?? false });
  else if (projected) {
    tell('Projected (a volume that contains injected data from multiple sources)', {});
    for (const source of projected.sources ?? []) describeProjection(to, source);
  } else if (downwardAPI) {
    tell('DownwardAPI (a volume populated by information about the pod)', {});
    to.line(2, 'Items:');
    for (const { path, fieldRef, resourceFieldRef } of downwardAPI.items ?? [])
      to.line(3, `${fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? ''} -> ${path}`);
  } else if (persistentVolumeClaim)
    tell('PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', {
      ClaimName: persistentVolumeClaim.claimName,
      ReadOnly: persistentVolumeClaim.readOnly ?? false,
    });
  else if (nfs)
    tell('NFS (an NFS mount that lasts the lifetime of a pod)', { Server: nfs.server, Path: nfs.path, ReadOnly: nfs.readOnly ?? false });
  else if (ephemeral) tell('EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)', {});
  else if (image) tell('Image (a container image or OCI artifact)', { Reference: image.reference, PullPolicy: image.pullPolicy });
  else if (csi)
    tell('CSI (a Container Storage Interface (CSI) volume source)', {
      Driver: csi.driver,
      FSType: csi.fsType,
      ReadOnly: csi.readOnly ?? false,
    });
  else to.line(2, '<unknown>');
}

function describeProjection(to: Description, { secret, configMap, downwardAPI, serviceAccountToken }: VolumeProjection): void {
  if (secret) {
    to.line(2, 'SecretName:', secret.name);
    to.line(2, 'Optional:', secret.optional ?? false);
  } else if (downwardAPI) to.line(2, 'DownwardAPI:', true);
  else if (configMap) {
    to.line(2, 'ConfigMapName:', configMap.name);
    to.line(2, 'Optional:', configMap.optional ?? false);
  } else if (serviceAccountToken) to.line(2, 'TokenExpirationSeconds:', serviceAccountToken.expirationSeconds);
}
