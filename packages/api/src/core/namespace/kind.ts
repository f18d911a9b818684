import { isDns1123Label } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { Namespace } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateNamespace, validateNamespaceStatus } from './validate.ts';

export const namespaceKind = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  schema: 'Namespace',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: {
    status: { validate: validateNamespaceStatus },
    others: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
  },
  lists: {
    'NamespaceSpec.finalizers': { listType: 'atomic' },
    'NamespaceStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
  },
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Active, or Terminating while its content goes.',
      cell: ({ status }) => status?.phase ?? '',
    },
    ageColumn,
  ],
  selectableFields: ({ metadata, status }) => ({ 'status.phase': status?.phase ?? '', name: metadata.name ?? '' }),
  strategy: {
    defaults: defaultNamespace,
    prepareForCreate(namespace) {
      defaultNamespace(namespace);
      namespace.status = { phase: 'Active' };
      const finalizers = namespace.spec.finalizers ?? [];
      namespace.spec.finalizers = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'];
    },
    /** Finalizers and status have sub-resources of their own. */
    prepareForUpdate(namespace, old) {
      namespace.spec = old.spec;
      if (old.status) namespace.status = old.status;
      else delete namespace.status;
    },
    validateName: isDns1123Label,
    validate: validateNamespace,
  },
});

/** The label by which selectors find a namespace by name. */
function defaultNamespace({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}
