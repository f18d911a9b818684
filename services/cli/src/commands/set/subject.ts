import type { RoleBinding, RbacSubject as Subject } from '@t8s/api';
import { subjectFlags, subjectsOf } from '../create/role-binding.ts';
import { Failure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';
import { setFlags, update } from './update.ts';

export const setSubjectVerb: Verb = {
  name: 'subject',
  summary: 'Update the user, group, or service account in a role binding or cluster role binding',
  examples: `# A service account more
kubectl set subject clusterrolebinding admin --serviceaccount=namespace:serviceaccount1

# Users and a group more
kubectl set subject rolebinding admin --user=user1 --user=user2 --group=group1`,
  usage: '(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  flags: [...setFlags, ...subjectFlags],
  run: setSubject,
};

async function setSubject(invocation: Invocation): Promise<void> {
  const { args, flags } = invocation;
  const { subjects: added } = subjectsOf(flags);
  if (!added) throw new Failure('error: you must specify at least one value of user, group or serviceaccount');
  await update(invocation, {
    named: args,
    done: 'subjects updated',
    change(object, { resource }) {
      if (!['RoleBinding', 'ClusterRoleBinding'].includes(resource.kind))
        throw new Failure('error: setting subjects is only supported for RoleBinding/ClusterRoleBinding');
      const binding = object as unknown as RoleBinding;
      const { subjects = [] } = binding;
      binding.subjects = [...subjects, ...added.filter((one) => !subjects.some((other) => isSame(one, other)))];
    },
  });
}

const isSame = (a: Subject, b: Subject): boolean => a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '');
