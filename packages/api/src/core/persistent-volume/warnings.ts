/** What users of volumes are warned of: upstream's pkg/api/persistentvolume (v1.34). */
import type { PersistentVolume } from '../../generated/types.ts';
import { nodeTermWarnings } from '../node/deprecated-labels.ts';

export const storageClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

export function storageClassWarnings(annotations: Readonly<Record<string, string>> | undefined): string[] {
  return annotations?.[storageClassAnnotation] === undefined
    ? []
    : [`metadata.annotations[${storageClassAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`];
}

const deadSources = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
} as const;

export function persistentVolumeWarnings({ metadata, spec }: PersistentVolume): string[] {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...storageClassWarnings(metadata.annotations),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...terms.flatMap((term, i) => nodeTermWarnings(term, false, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`)),
    ...Object.entries(deadSources).flatMap(([source, message]) =>
      spec[source as keyof typeof deadSources] === undefined ? [] : [`spec.${source === 'storageos' ? 'storageOS' : source}: ${message}`],
    ),
  ];
}
