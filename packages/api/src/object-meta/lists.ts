import type { ListType } from '../kind.ts';

/** How the lists of types that all kinds share merge. */
export const metaLists: Record<string, ListType> = {
  'ObjectMeta.finalizers': { mergeKey: '', listType: 'set' },
  'ObjectMeta.managedFields': { listType: 'atomic' },
  'ObjectMeta.ownerReferences': { mergeKey: 'uid', listType: 'map', mapKeys: ['uid'] },
  'LabelSelector.matchExpressions': { listType: 'atomic' },
  'LabelSelectorRequirement.values': { listType: 'atomic' },
};
