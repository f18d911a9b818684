import { isPathSegmentName } from '@t8s/meta';
import type { ClusterRoleBinding } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from '../bindings.ts';

export const clusterRoleBindingKind = defineKind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  resource: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  schema: 'ClusterRoleBinding',
  lists: { 'ClusterRoleBinding.subjects': { listType: 'atomic' } },
  columns: bindingColumns('clusterRoleBinding'),
  strategy: {
    createOnUpdate: true,
    defaults: defaultBinding,
    validateName: isPathSegmentName,
    validate: (binding) => validateBinding(binding, ['ClusterRole']),
    validateUpdate: validateBindingUpdate,
  },
});
