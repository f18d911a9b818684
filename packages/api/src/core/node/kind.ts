import type { Node } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const nodeKind = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schema: 'Node',
  subresources: { status: {} },
  lists: {
    'NodeSpec.podCIDRs': { mergeKey: '', listType: 'set' },
    'NodeSpec.taints': { listType: 'atomic' },
    'NodeStatus.addresses': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
    'NodeStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
    'NodeStatus.images': { listType: 'atomic' },
    'NodeStatus.runtimeHandlers': { listType: 'atomic' },
    'NodeStatus.volumesAttached': { listType: 'atomic' },
    'NodeStatus.volumesInUse': { listType: 'atomic' },
    'ContainerImage.names': { listType: 'atomic' },
  },
  strategy: {},
});
