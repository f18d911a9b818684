import { nameColumn } from '../../columns.ts';
import type { NodeMetrics } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { usageColumns } from '../usage-columns.ts';

/** What a node uses, measured when asked for. */
export const nodeMetricsKind = defineKind<NodeMetrics>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'NodeMetrics',
  resource: 'nodes',
  singular: '',
  namespaced: false,
  schema: 'NodeMetrics',
  stored: false,
  verbs: ['get', 'list'],
  columns: [nameColumn, ...usageColumns<NodeMetrics>(({ usage }) => [usage])],
  strategy: {},
});
