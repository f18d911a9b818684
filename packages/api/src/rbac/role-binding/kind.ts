import { isPathSegmentName } from '@t8s/meta';
import type { RoleBinding } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from '../bindings.ts';

export const roleBindingKind = defineKind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  schema: 'RoleBinding',
  lists: { 'RoleBinding.subjects': { listType: 'atomic' } },
  columns: bindingColumns('roleBinding'),
  strategy: {
    createOnUpdate: true,
    defaults: defaultBinding,
    validateName: isPathSegmentName,
    validate: (binding) => validateBinding(binding, ['Role', 'ClusterRole']),
    validateUpdate: validateBindingUpdate,
  },
});
