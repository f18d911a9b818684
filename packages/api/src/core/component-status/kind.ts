import { nameColumn } from '../../columns.ts';
import type { ComponentStatus } from '../../generated/types.ts';
import { type Column, defineKind } from '../../kind.ts';

const healthy = ({ conditions = [] }: ComponentStatus) => conditions.find(({ type }) => type === 'Healthy');
const column = (name: string, description: string, cell: Column<ComponentStatus>['cell']): Column<ComponentStatus> => ({
  name,
  type: 'string',
  description,
  cell,
});

/** How the control plane's parts feel when asked. */
export const componentStatusKind = defineKind<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  resource: 'componentstatuses',
  singular: 'componentstatus',
  shortNames: ['cs'],
  namespaced: false,
  schema: 'ComponentStatus',
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  stored: false,
  verbs: ['get', 'list'],
  lists: { 'ComponentStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] } },
  columns: [
    nameColumn,
    column('Status', 'Status of the component conditions', (component) => {
      const condition = healthy(component);
      if (!condition) return 'Unknown';
      return condition.status === 'True' ? 'Healthy' : 'Unhealthy';
    }),
    column('Message', 'Message of the component conditions', (component) => healthy(component)?.message ?? ''),
    column('Error', 'Error of the component conditions', (component) => healthy(component)?.error ?? ''),
  ],
  strategy: {},
});
