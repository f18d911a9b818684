/** What RoleBindings and ClusterRoleBindings share: defaults, rules and columns. */
import { type FieldError, invalidValue, isDns1123Subdomain, isPathSegmentName, notSupportedInOrder, required } from '@t8s/meta';
import { ageColumn, nameColumn } from '../columns.ts';
import { invalidBy } from '../field-checks.ts';
import type { ClusterRoleBinding, RbacSubject, RoleBinding } from '../generated/types.ts';
import type { Column } from '../kind.ts';
import { semanticEqual } from '../semantic-equal.ts';

type Binding = RoleBinding | ClusterRoleBinding;

const group = 'rbac.authorization.k8s.io';

/** Users and groups are RBAC's own; service accounts belong to the core group, which has no name. */
export function defaultBinding(binding: Binding): void {
  binding.roleRef ??= { apiGroup: group, kind: '', name: '' };
  binding.roleRef.apiGroup ||= group;
  for (const subject of binding.subjects ?? []) if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= group;
}

/** `roleKinds`: what the binding may refer to. */
export function validateBinding({ roleRef, subjects = [] }: Binding, roleKinds: readonly string[]): FieldError[] {
  const { apiGroup, kind = '', name = '' } = roleRef;
  return [
    ...(apiGroup === group ? [] : [notSupportedInOrder('roleRef.apiGroup', apiGroup, [group])]),
    ...(roleKinds.includes(kind) ? [] : [notSupportedInOrder('roleRef.kind', kind, roleKinds)]),
    ...(name === '' ? [required('roleRef.name')] : invalidBy('roleRef.name', name, isPathSegmentName(name))),
    ...subjects.flatMap((subject, i) => validateSubject(subject, roleKinds.includes('Role'), `subjects[${i}]`)),
  ];
}

/** A binding to another role is another binding: delete this one and make that. */
export function validateBindingUpdate({ roleRef }: Binding, old: Binding): FieldError[] {
  return semanticEqual(roleRef, old.roleRef) ? [] : [invalidValue('roleRef', roleRef, 'cannot change roleRef')];
}

function validateSubject(
  { kind = '', name = '', apiGroup = '', namespace = '' }: RbacSubject,
  namespaced: boolean,
  path: string,
): FieldError[] {
  const errors = name === '' ? [required(`${path}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...invalidBy(`${path}.name`, name, isDns1123Subdomain(name)));
      if (apiGroup !== '') errors.push(notSupportedInOrder(`${path}.apiGroup`, apiGroup, ['']));
      if (!namespaced && namespace === '') errors.push(required(`${path}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      if (name === '') errors.push(invalidValue(`${path}.name`, name, `${kind.toLowerCase()} name cannot be empty`));
      if (apiGroup !== group) errors.push(notSupportedInOrder(`${path}.apiGroup`, apiGroup, [group]));
      return errors;
    default:
      return [...errors, notSupportedInOrder(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

/** `what`: as the descriptions call the kind. */
export function bindingColumns(what: 'roleBinding' | 'clusterRoleBinding'): readonly Column<Binding>[] {
  const subjects = (name: string, of: (subject: RbacSubject) => string | undefined): Column<Binding> => ({
    name,
    type: 'string',
    priority: 1,
    description: `${name} in the ${what}`,
    cell: (binding) => (binding.subjects ?? []).flatMap((subject) => of(subject) ?? []).join(', '),
  });
  const scope = what === 'roleBinding' ? 'a Role in the current namespace or a ClusterRole' : 'a ClusterRole';
  return [
    nameColumn,
    {
      name: 'Role',
      type: 'string',
      description: `RoleRef can only reference ${scope} in the global namespace.`,
      cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
    },
    ageColumn,
    subjects('Users', ({ kind, name }) => (kind === 'User' ? name : undefined)),
    subjects('Groups', ({ kind, name }) => (kind === 'Group' ? name : undefined)),
    subjects('ServiceAccounts', ({ kind, name, namespace = '' }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : undefined)),
  ];
}
