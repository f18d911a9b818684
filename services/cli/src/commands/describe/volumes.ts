/** The volumes of a pod or a template, each with where its data comes from. */
import type { Volume } from '@t8s/api';
import type { Description } from './description.ts';
import { type SourceName, type SourceText, volumeSources } from './volume-sources.ts';

export function describeVolumes(to: Description, volumes: readonly Volume[] = [], indent = ''): void {
  if (volumes.length === 0) {
    to.line(0, `${indent}Volumes:`, '<none>');
    return;
  }
  to.line(0, `${indent}Volumes:`);
  for (const volume of volumes) {
    to.line(1, `${indent === '' ? '' : ' '}${volume.name}:`);
    const source = sourceText(volume);
    if (!source) to.line(1, '<unknown>');
    else {
      to.line(2, 'Type:', source.type);
      for (const cells of source.lines) to.line(2, ...cells);
    }
  }
}

function sourceText(volume: Volume): SourceText | undefined {
  const name = (Object.keys(volumeSources) as SourceName[]).find((key) => volume[key] !== undefined);
  return name && (volumeSources[name] as (source: unknown) => SourceText)(volume[name]);
}
