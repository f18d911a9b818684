import { isPathSegmentName } from '@t8s/meta';
import { createdColumn, nameColumn } from '../../columns.ts';
import type { Role } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { policyRuleLists, validatePolicyRules } from '../policy-rules.ts';

export const roleKind = defineKind<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  resource: 'roles',
  singular: 'role',
  namespaced: true,
  schema: 'Role',
  lists: { 'Role.rules': { listType: 'atomic' }, ...policyRuleLists },
  columns: [nameColumn, createdColumn],
  strategy: {
    createOnUpdate: true,
    validateName: isPathSegmentName,
    validate: ({ rules }) => validatePolicyRules(rules, { namespaced: true }),
  },
});
