import { type FieldError, isPathSegmentName, required } from '@t8s/meta';
import { createdColumn, nameColumn } from '../../columns.ts';
import type { ClusterRole } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateLabelSelector } from '../../label-selector.ts';
import { validatePolicyRules } from '../policy-rules.ts';

export const clusterRoleKind = defineKind<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  schema: 'ClusterRole',
  lists: {
    'ClusterRole.rules': { listType: 'atomic' },
    'AggregationRule.clusterRoleSelectors': { listType: 'atomic' },
  },
  columns: [nameColumn, createdColumn],
  strategy: {
    createOnUpdate: true,
    validateName: isPathSegmentName,
    validate: (role) => [...validatePolicyRules(role.rules, { namespaced: false }), ...validateAggregation(role)],
  },
});

/** Roles whose rules a controller adds to this one's. */
function validateAggregation({ aggregationRule }: ClusterRole): FieldError[] {
  if (aggregationRule === undefined) return [];
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, i) => validateLabelSelector(selector, `${path}[${i}]`));
}
