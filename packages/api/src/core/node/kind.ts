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
  strategy: {},
});
