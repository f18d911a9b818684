/** Defaults of volume sources. */
import type { ObjectFieldSelector, PersistentVolumeSpec, ResourceFieldSelector, Volume } from '../../generated/types.ts';
import { isLatest } from './image-name.ts';

const defaultMode = 0o644;

export function defaultVolume(volume: Volume): void {
  if (Object.entries(volume).every(([field, value]) => field === 'name' || value === undefined)) volume.emptyDir = {};
  const { hostPath, image, ephemeral } = volume;
  if (hostPath) hostPath.type ??= '';
  if (image) image.pullPolicy ||= isLatest(image.reference ?? '') ? 'Always' : 'IfNotPresent';
  if (ephemeral?.volumeClaimTemplate) ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem';
  defaultFiles(volume);
  defaultLegacySources(volume);
}

function defaultFiles({ secret, configMap, downwardAPI, projected }: Volume): void {
  for (const source of [secret, configMap, downwardAPI, projected]) if (source) source.defaultMode ??= defaultMode;
  for (const item of downwardAPI?.items ?? []) defaultReference(item);
  for (const source of projected?.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    for (const item of source.downwardAPI?.items ?? []) defaultReference(item);
  }
}

function defaultReference({
  fieldRef,
  resourceFieldRef,
}: {
  fieldRef?: ObjectFieldSelector;
  resourceFieldRef?: ResourceFieldSelector;
}): void {
  if (fieldRef) fieldRef.apiVersion ||= 'v1';
  if (resourceFieldRef) resourceFieldRef.divisor ||= '0';
}

type LegacySources = Pick<Volume | PersistentVolumeSpec, 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'>;

/** Of volumes in pods, and of those that stand alone. */
export function defaultLegacySources({ iscsi, rbd, azureDisk, scaleIO }: LegacySources): void {
  if (iscsi) iscsi.iscsiInterface ||= 'default';
  if (rbd) {
    rbd.pool ||= 'rbd';
    rbd.user ||= 'admin';
    rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned';
    scaleIO.fsType ||= 'xfs';
  }
}
