/**
 * Nobody grants what they don't hold (rbac's policy-based storage, v1.34): who writes a role holds its rules already or may `escalate`
 * it; who writes a binding holds the rules it gives or may `bind` the role. Comes last, when a write has passed everything else.
 */
import type { PolicyRule, RoleBinding } from '@t8s/api';
import { describeRules, quotedList, uncovered } from '@t8s/auth';
import { aggregate, forbidden, notFound } from '@t8s/meta';
import type { AdmissionPlugin } from '../../admission/plugin.ts';
import type { AccessPolicy } from '../../authz/access-policy.ts';
import type { User } from '../../context.ts';
import type { Write } from '../../write-chain.ts';

const group = 'rbac.authorization.k8s.io';
const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

interface RoleShape {
  rules?: PolicyRule[];
  aggregationRule?: object;
}

export function rbacEscalation(policy: AccessPolicy): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    validate(write) {
      const { kind } = write.resource;
      if (kind.group !== group || write.subresource !== '' || write.context.user.groups.includes('system:masters')) return;
      if (kind.resource === 'roles' || kind.resource === 'clusterroles') checkRole(write);
      else checkBinding(write);
    },
  };

  function checkRole(write: Write): void {
    const { object, old, resource, context } = write;
    const { rules, aggregationRule } = object as RoleShape;
    const before = old as RoleShape | undefined;
    if (before && same(before.rules, rules) && same(before.aggregationRule, aggregationRule)) return;
    if (may(write, 'escalate', resource.kind.resource, object.metadata.name ?? '')) return;
    // What is gathered may be anything, now or later.
    confirm(write, aggregationRule ? everything : (rules ?? []), context.info.namespace);
  }

  function checkBinding(write: Write): void {
    const { object, old, context } = write;
    const { roleRef, subjects } = object as RoleBinding;
    const before = old as RoleBinding | undefined;
    if (before && same(before.roleRef, roleRef) && same(before.subjects, subjects)) return;
    const roles = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    if (may(write, 'bind', roles, roleRef.name)) return;
    const rules = policy.rbac().rulesOfRole(roleRef, context.info.namespace);
    if (!rules) throw notFound({ group, resource: roleRef.kind.toLowerCase() }, roleRef.name);
    confirm(write, rules, context.info.namespace);
  }

  function may({ context: { user, info } }: Write, verb: string, resource: string, name: string): boolean {
    const { namespace } = info;
    return policy.authorize({ user, verb, group, resource, subresource: '', name, namespace }).decision === 'allow';
  }

  function confirm({ context: { user }, resource, object }: Write, wanted: readonly PolicyRule[], namespace: string): void {
    const { rules, errors } = policy.rulesFor(user, namespace);
    const missing = uncovered(
      rules.map(({ rule }) => rule),
      wanted,
    );
    if (missing.length > 0) throw forbidden(resource.kind, object.metadata.name ?? '', refusal(user, missing, errors));
  }
}

function refusal({ name, groups }: User, missing: readonly PolicyRule[], errors: readonly string[]): string {
  const who = `user ${JSON.stringify(name)} (groups=${quotedList(groups)})`;
  const what = `is attempting to grant RBAC permissions not currently held:\n${describeRules(missing).join('\n')}`;
  return `${who} ${what}${errors.length === 0 ? '' : `; resolution errors: ${aggregate(errors)}`}`;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
