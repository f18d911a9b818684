import type { PersistentVolumeClaimTemplate } from '@t8s/api';
import { sorted } from './description.ts';

/** The claim an ephemeral volume makes. kubectl indents the values of its labels and annotations too. */
export function claimTemplateLines({ metadata = {}, spec }: PersistentVolumeClaimTemplate): string[][] {
  const { labels, annotations } = metadata;
  const listed = (title: string, values: readonly string[]): string[][] => {
    const [first = '<none>', ...rest] = values;
    return [[`${title}:`, `    ${first}`], ...rest.map((value) => ['', `    ${value}`])];
  };
  const { dataSource, volumeMode } = spec;
  return [
    ['StorageClass:', annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''],
    ['Volume:', spec.volumeName ?? ''],
    ...listed(
      'Labels',
      sorted(labels).map(([key, value]) => `${key}=${value}`),
    ),
    ...listed(
      'Annotations',
      sorted(annotations).map(([key, value]) => `${key}: ${value}`),
    ),
    ['Capacity:', ''],
    ['Access Modes:', ''],
    ...(volumeMode ? [['VolumeMode:', volumeMode]] : []),
    ...(dataSource
      ? [
          ['DataSource:'],
          ...(dataSource.apiGroup ? [['  APIGroup:', dataSource.apiGroup]] : []),
          ['  Kind:', dataSource.kind],
          ['  Name:', dataSource.name],
        ]
      : []),
  ];
}
