/** What people are given: upstream's default roles for users and groups (v1.34). */
import type { PolicyRule } from '@t8s/api';
import { everything, pathRule, read, rule, write } from './rule.ts';

/** Roles whose rules are gathered from others, by the word after `rbac.authorization.k8s.io/aggregate-to-`. */
export const aggregatedRoles = ['admin', 'edit', 'view'] as const;

/** Whose rules a role also adds to. */
export const aggregatesTo: Record<string, (typeof aggregatedRoles)[number]> = {
  edit: 'admin',
  view: 'edit',
  'system:aggregate-to-admin': 'admin',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-view': 'view',
};

const health = '/healthz /livez /readyz /version /version/';

const intoPods = 'pods/attach pods/exec pods/portforward pods/proxy';
const scalableApps = 'deployments deployments/scale replicasets replicasets/scale';

export const userRoles: Record<string, readonly PolicyRule[]> = {
  'cluster-admin': [rule('*', '*', '*'), pathRule('*', '*')],
  'system:discovery': [pathRule('get', `/api /api/* /apis /apis/* /openapi /openapi/* ${health}`)],
  'system:public-info-viewer': [pathRule('get', health)],
  'system:basic-user': [
    rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
  ],
  'system:monitoring': [pathRule('get', '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*')],
  'system:aggregate-to-admin': [
    rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
    rule(everything, 'rbac.authorization.k8s.io', 'rolebindings roles'),
  ],
  'system:aggregate-to-edit': [
    rule(read, 'core', `${intoPods} secrets services/proxy`),
    rule('impersonate', 'core', 'serviceaccounts'),
    rule(write, 'core', `pods ${intoPods}`),
    rule('create', 'core', 'pods/eviction'),
    rule(
      write,
      'core',
      'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    ),
    rule('create', 'core', 'serviceaccounts/token'),
    rule(write, 'apps', `daemonsets deployments/rollback ${scalableApps} statefulsets statefulsets/scale`),
    rule(write, 'autoscaling', 'horizontalpodautoscalers'),
    rule(write, 'batch', 'cronjobs jobs'),
    rule(write, 'extensions', `daemonsets deployments/rollback ${scalableApps} ingresses networkpolicies replicationcontrollers/scale`),
    rule(write, 'policy', 'poddisruptionbudgets'),
    rule(write, 'networking.k8s.io', 'ingresses networkpolicies'),
    rule(everything, 'coordination.k8s.io', 'leases'),
    rule(write, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
  ],
  'system:aggregate-to-view': [
    rule(
      read,
      'core',
      'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    ),
    rule(
      read,
      'core',
      'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    ),
    rule(read, 'core', 'namespaces'),
    rule(read, 'discovery.k8s.io', 'endpointslices'),
    rule(
      read,
      'apps',
      `controllerrevisions daemonsets daemonsets/status deployments/status replicasets/status ${scalableApps} statefulsets statefulsets/scale statefulsets/status`,
    ),
    rule(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
    rule(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
    rule(
      read,
      'extensions',
      `daemonsets daemonsets/status deployments/status ${scalableApps} ingresses ingresses/status networkpolicies replicasets/status replicationcontrollers/scale`,
    ),
    rule(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
    rule(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
    rule(read, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
  ],
};
