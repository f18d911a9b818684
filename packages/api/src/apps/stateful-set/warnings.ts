import { parseQuantity } from '@t8s/meta';
import { podTemplateWarnings } from '../../core/pod/warnings.ts';
import type { PersistentVolumeClaimSpec, StatefulSet } from '../../generated/types.ts';

export function statefulSetWarnings({ metadata, spec }: StatefulSet, old?: StatefulSet): string[] {
  if (old && metadata.generation === old.metadata.generation) return [];
  const { template, volumeClaimTemplates = [], revisionHistoryLimit = 0 } = spec;
  return [
    ...podTemplateWarnings(template.metadata ?? {}, template.spec ?? { containers: [] }, 'spec.template'),
    ...volumeClaimTemplates.flatMap((claim, i) => claimWarnings(claim.spec, `spec.volumeClaimTemplates[${i}]`)),
    ...(revisionHistoryLimit < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ];
}

function claimWarnings({ resources = {} }: PersistentVolumeClaimSpec, path: string): string[] {
  return (['requests', 'limits'] as const).flatMap((list) => {
    const storage = resources[list]?.['storage'];
    const isWhole = storage === undefined || parseQuantity(storage).nano % 1_000_000_000n === 0n;
    const at = `${path}.resources.${list}[storage]`;
    return isWhole ? [] : [`${at}: fractional byte value ${JSON.stringify(storage)} is invalid, must be an integer`];
  });
}
