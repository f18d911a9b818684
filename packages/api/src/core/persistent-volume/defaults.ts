import type { PersistentVolume, PersistentVolumeSpec } from '../../generated/types.ts';
import { defaultLegacySources } from '../pod/default-volumes.ts';

export function defaultPersistentVolume(volume: PersistentVolume): void {
  const { spec } = volume;
  volume.status ??= {};
  volume.status.phase ||= 'Pending';
  spec.persistentVolumeReclaimPolicy ||= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  defaultVolumeSource(spec);
}

export function defaultVolumeSource(spec: PersistentVolumeSpec): void {
  if (spec.hostPath) spec.hostPath.type ??= '';
  defaultLegacySources(spec);
}
