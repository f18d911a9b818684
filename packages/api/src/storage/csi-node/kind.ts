import { ageColumn, nameColumn } from '../../columns.ts';
import type { CSINode } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateCsiNode, validateCsiNodeUpdate } from './validate.ts';

export const csiNodeKind = defineKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  resource: 'csinodes',
  singular: 'csinode',
  namespaced: false,
  schema: 'CSINode',
  lists: {
    'CSINodeSpec.drivers': { mergeKey: 'name', listType: 'map', mapKeys: ['name'] },
    'CSINodeDriver.topologyKeys': { listType: 'atomic' },
  },
  columns: [
    nameColumn,
    {
      name: 'Drivers',
      type: 'integer',
      description: 'Drivers indicates the number of CSI drivers registered on the node',
      cell: ({ spec }) => spec.drivers?.length ?? 0,
    },
    ageColumn,
  ],
  strategy: { returnsDeleted: true, unconditionalUpdate: false, validate: validateCsiNode, validateUpdate: validateCsiNodeUpdate },
});
