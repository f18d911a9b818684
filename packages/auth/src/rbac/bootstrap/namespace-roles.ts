/** Roles within the system's namespaces (v1.34), and who has them. */
import type { PolicyRule, RbacSubject } from '@t8s/api';
import { read, recordEvents, rule } from './rule.ts';
import { account, user } from './subject.ts';

export interface NamespaceRole {
  namespace: string;
  name: string;
  rules: readonly PolicyRule[];
  /** The binding; its name where it is another than the role's. */
  to: readonly RbacSubject[];
  bindingName?: string;
}

const leader = (component: string, ...others: RbacSubject[]): NamespaceRole => ({
  namespace: 'kube-system',
  name: `system::leader-locking-${component}`,
  rules: [
    rule(`create update ${read}`, 'coordination.k8s.io', 'leases'),
    rule(`create update ${read}`, 'coordination.k8s.io', 'leasecandidates'),
  ],
  to: [user(`system:${component}`), account(component), ...others],
});

export const namespaceRoles: readonly NamespaceRole[] = [
  {
    namespace: 'kube-public',
    name: 'system:controller:bootstrap-signer',
    rules: [rule(read, 'core', 'configmaps'), rule('update', 'core', 'configmaps', 'cluster-info'), recordEvents],
    to: [account('bootstrap-signer')],
  },
  {
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
    rules: [rule(read, 'core', 'configmaps', 'extension-apiserver-authentication')],
    to: [user('system:kube-controller-manager'), user('system:kube-scheduler')],
    bindingName: 'system::extension-apiserver-authentication-reader',
  },
  leader('kube-controller-manager', account('leader-election-controller')),
  leader('kube-scheduler'),
  {
    namespace: 'kube-system',
    name: 'system:controller:bootstrap-signer',
    rules: [rule(read, 'core', 'secrets')],
    to: [account('bootstrap-signer')],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:cloud-provider',
    rules: [rule(`create ${read}`, 'core', 'configmaps')],
    to: [account('cloud-provider')],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:token-cleaner',
    rules: [rule(`delete ${read}`, 'core', 'secrets'), recordEvents],
    to: [account('token-cleaner')],
  },
];
