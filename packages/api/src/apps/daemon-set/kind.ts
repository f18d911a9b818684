import type { DaemonSet } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const daemonSetKind = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  schema: 'DaemonSet',
  subresources: { status: {} },
  strategy: {},
});
