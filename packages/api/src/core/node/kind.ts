import type { Node } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { nodeColumns } from './columns.ts';
import { validateNode, validateNodeStatus, validateNodeUpdate } from './validate.ts';

export const nodeKind = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schema: 'Node',
  subresources: {
    status: { validate: validateNodeStatus },
    others: [{ name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] }],
  },
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
  columns: nodeColumns,
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec.unschedulable ?? false) }),
  strategy: {
    defaults: defaultNode,
    /** A new node brings its status; later the status is written apart. */
    prepareForUpdate(node, old) {
      if (old.status) node.status = old.status;
      else delete node.status;
    },
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
  },
});

/** `podCIDR` is the first of `podCIDRs`; without `allocatable` pods get all of the capacity. */
function defaultNode({ spec, status }: Node): void {
  if (spec.podCIDR && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
  else if (!spec.podCIDR && spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
  if (status?.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
}
