import type { ControllerRevision } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const controllerRevisionKind = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  schema: 'ControllerRevision',
  strategy: {},
});
