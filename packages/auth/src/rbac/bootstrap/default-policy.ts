/** Every role and binding a cluster begins with (rbac's bootstrap policy, v1.34), as objects. */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacSubject, Role, RoleBinding } from '@t8s/api';
import { componentRoles } from './component-roles.ts';
import { controllerRoles } from './controller-roles.ts';
import { type NamespaceRole, namespaceRoles } from './namespace-roles.ts';
import { account, group, user } from './subject.ts';
import { aggregatedRoles, aggregatesTo, userRoles } from './user-roles.ts';

const apiGroup = 'rbac.authorization.k8s.io';
const aggregate = (to: string): Record<string, string> => ({ [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true' });
/** Objects with this annotation are set right at every start; a user who changes one on purpose sets it to false. */
export const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate';

const metadata = (name: string, labels: Record<string, string> = {}) => ({
  name,
  annotations: { [autoUpdate]: 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
});

function clusterRole([name, rules]: [string, readonly PolicyRule[]]): ClusterRole {
  const to = aggregatesTo[name];
  return { metadata: metadata(name, to && aggregate(to)), rules: [...rules] };
}

/** Its rules are those of all roles labelled so; the controller manager gathers them. */
function aggregatedRole(name: string): ClusterRole {
  const to = aggregatesTo[name];
  return {
    metadata: metadata(name, to && aggregate(to)),
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregate(name) }] },
  };
}

export const defaultClusterRoles: readonly ClusterRole[] = [
  ...Object.entries(userRoles).map(clusterRole),
  ...aggregatedRoles.map(aggregatedRole),
  ...Object.entries(componentRoles).map(clusterRole),
  ...Object.entries(controllerRoles).map(([name, rules]) => clusterRole([`system:controller:${name}`, rules])),
];

const known = group('system:authenticated');
const unknown = group('system:unauthenticated');

const bound: Record<string, RbacSubject[]> = {
  'cluster-admin': [group('system:masters')],
  'system:discovery': [known],
  'system:basic-user': [known],
  'system:public-info-viewer': [known, unknown],
  'system:monitoring': [group('system:monitoring')],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-dns': [account('kube-dns')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:volume-scheduler': [user('system:kube-scheduler')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  // Nodes are the Node authorizer's; the binding stays for those who add to it.
  'system:node': [],
};

const clusterBinding = (name: string, subjects: RbacSubject[]): ClusterRoleBinding => ({
  metadata: metadata(name),
  roleRef: { apiGroup, kind: 'ClusterRole', name },
  ...(subjects.length > 0 && { subjects }),
});

export const defaultClusterRoleBindings: readonly ClusterRoleBinding[] = [
  ...Object.entries(bound).map(([name, subjects]) => clusterBinding(name, subjects)),
  ...Object.keys(controllerRoles).map((name) => clusterBinding(`system:controller:${name}`, [account(name)])),
];

export const defaultRoles: readonly Role[] = namespaceRoles.map(({ namespace, name, rules }) => ({
  metadata: { ...metadata(name), namespace },
  rules: [...rules],
}));

export const defaultRoleBindings: readonly RoleBinding[] = namespaceRoles.map(
  ({ namespace, name, to, bindingName = name }: NamespaceRole) => ({
    metadata: { ...metadata(bindingName), namespace },
    roleRef: { apiGroup, kind: 'Role', name },
    subjects: [...to],
  }),
);
