import { nameColumn } from '../../columns.ts';
import type { PodMetrics } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { usageColumns } from '../usage-columns.ts';

/** What a pod's containers use, measured when asked for. */
export const podMetricsKind = defineKind<PodMetrics>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  resource: 'pods',
  singular: '',
  namespaced: true,
  schema: 'PodMetrics',
  stored: false,
  verbs: ['get', 'list'],
  columns: [nameColumn, ...usageColumns<PodMetrics>(({ containers }) => containers.map(({ usage }) => usage))],
  strategy: {},
});
