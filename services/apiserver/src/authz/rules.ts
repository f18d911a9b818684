/**
 * Who may do what until RBAC comes: the control plane's own identities and administrators anything, everybody known what upstream's
 * system:basic-user and system:discovery grant, and anybody system:public-info-viewer.
 */
import type { NonResourceRule, ResourceRule } from '@t8s/api';
import type { User } from '../context.ts';

export interface Rules {
  resources: readonly ResourceRule[];
  paths: readonly NonResourceRule[];
}

const components = new Set(['system:kube-scheduler', 'system:kube-controller-manager', 'system:kube-proxy', 'system:apiserver']);
const trustedGroups = new Set(['system:masters', 'system:nodes', 'system:serviceaccounts:kube-system']);

const below = (...paths: string[]): string[] => paths.flatMap((path) => [path, `${path}/*`]);
const reads = (...paths: string[]): NonResourceRule => ({ verbs: ['get'], nonResourceURLs: below(...paths) });
const mayCreate = (group: string, ...resources: string[]): ResourceRule => ({ verbs: ['create'], apiGroups: [group], resources });

const all = ['*'];
const everything: Rules = {
  resources: [{ verbs: all, apiGroups: all, resources: all }],
  paths: [{ verbs: all, nonResourceURLs: all }],
};
const anybody: Rules = { resources: [], paths: [reads('/healthz', '/livez', '/readyz', '/version')] };
const known: Rules = {
  resources: [
    mayCreate('authentication.k8s.io', 'selfsubjectreviews'),
    mayCreate('authorization.k8s.io', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
  ],
  paths: [...anybody.paths, reads('/api', '/apis', '/openapi')],
};

/** What the user may do, in any namespace. */
export function rulesFor({ name, groups }: User): Rules {
  if (components.has(name) || groups.some((group) => trustedGroups.has(group))) return everything;
  return groups.includes('system:authenticated') ? known : anybody;
}
