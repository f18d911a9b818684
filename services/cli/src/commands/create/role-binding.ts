import type { RbacSubject as Subject } from '@t8s/api';
import { Failure } from '../failure.ts';
import type { Flag, Flags } from '../verb.ts';
import { generatorVerb } from './generator.ts';

const group = 'rbac.authorization.k8s.io';

export const subjectFlags: readonly Flag[] = [
  { name: 'group', type: 'texts', help: 'Groups to bind to the role. The flag can be repeated to add multiple groups.' },
  {
    name: 'serviceaccount',
    type: 'texts',
    help: 'Service accounts to bind to the role, in the format <namespace>:<name>. The flag can be repeated to add multiple service accounts.',
  },
  { name: 'user', type: 'texts', help: 'Usernames to bind to the role. The flag can be repeated to add multiple users.' },
];

export const createRoleBindingVerb = generatorVerb({
  name: 'rolebinding',
  summary: 'Create a role binding for a particular role or cluster role',
  examples: `# Two users and a group are administrators of the namespace
kubectl create rolebinding admin --clusterrole=admin --user=user1 --user=user2 --group=group1

# A service account has a role
kubectl create rolebinding admin-binding --role=admin --serviceaccount=monitoring:sa-dev`,
  usage: '--clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] ',
  flags: [
    { name: 'clusterrole', type: 'string', help: 'ClusterRole this RoleBinding should reference' },
    { name: 'role', type: 'string', help: 'Role this RoleBinding should reference' },
    ...subjectFlags,
  ],
  failing: 'failed to create rolebinding: ',
  object({ flags }) {
    const [role, clusterRole] = [flags.text('role'), flags.text('clusterrole')];
    if ((role === '') === (clusterRole === '')) throw new Failure('error: exactly one of clusterrole or role must be specified');
    const roleRef = { apiGroup: group, kind: role === '' ? 'ClusterRole' : 'Role', name: role || clusterRole };
    return { apiVersion: `${group}/v1`, kind: 'RoleBinding', ...subjectsOf(flags), roleRef };
  },
});

export const createClusterRoleBindingVerb = generatorVerb({
  name: 'clusterrolebinding',
  summary: 'Create a cluster role binding for a particular cluster role',
  examples: `# Two users are administrators of everything
kubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1 --user=user2`,
  usage: '--clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] ',
  flags: [
    { name: 'clusterrole', type: 'string', required: true, help: 'ClusterRole this ClusterRoleBinding should reference' },
    ...subjectFlags,
  ],
  failing: 'failed to create clusterrolebinding: ',
  object: ({ flags }) => ({
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    ...subjectsOf(flags),
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: flags.text('clusterrole') },
  }),
});

export function subjectsOf(flags: Flags): { subjects?: Subject[] } {
  const named = (flag: string): string[] => flags.list(flag).flatMap((text) => text.split(','));
  const subjects: Subject[] = [
    ...named('user').map((name) => ({ apiGroup: group, kind: 'User', name })),
    ...named('group').map((name) => ({ apiGroup: group, kind: 'Group', name })),
    ...named('serviceaccount').map((text) => {
      const [namespace, name, ...more] = text.split(':');
      if (!namespace || !name || more.length > 0) throw new Failure('error: serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name, namespace };
    }),
  ];
  return subjects.length > 0 ? { subjects } : {};
}
