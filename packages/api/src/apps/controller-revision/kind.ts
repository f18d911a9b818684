import { controllerOf, parseApiVersion } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { ControllerRevision } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateControllerRevision, validateControllerRevisionUpdate } from './validate.ts';

export const controllerRevisionKind = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  schema: 'ControllerRevision',
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', description: 'Controller of the object', cell: formatController },
    {
      name: 'Revision',
      type: 'string',
      description: 'Revision indicates the revision of the state represented by Data.',
      cell: ({ revision }) => revision,
    },
    ageColumn,
  ],
  strategy: { validate: validateControllerRevision, validateUpdate: validateControllerRevisionUpdate },
});

/** `daemonset.apps/name`. */
function formatController(revision: ControllerRevision): string {
  const owner = controllerOf(revision);
  if (owner === undefined) return '<none>';
  const { group } = parseApiVersion(owner.apiVersion);
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
}
