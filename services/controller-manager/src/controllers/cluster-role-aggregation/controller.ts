/** Gathers the rules of cluster roles that others add to by their labels: `admin`, `edit` and `view` are made so (RBAC's aggregation). */
import { isDeepStrictEqual } from 'node:util';
import { type ClusterRole, clusterRoleKind, type PolicyRule } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound, toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';

export function clusterRoleAggregation({ client, informers, clock, log }: ControllerContext): Controller {
  const roles = informers.informer(clusterRoleKind);
  const controller = new Controller({ name: 'clusterrole-aggregation', informers: [roles], reconcile, log, clock });
  // Whichever role changed: it may add to any of these, or have added.
  controller.watch(roles, () => roles.list().flatMap(({ metadata, aggregationRule }) => (aggregationRule ? [metadata.name ?? ''] : [])));
  return controller;

  async function reconcile(name: string): Promise<void> {
    const role = roles.get(name);
    if (!role?.aggregationRule) return;
    const rules = gather(role, roles.list());
    if (isDeepStrictEqual(role.rules ?? [], rules)) return;
    await ifFound(client.resource(clusterRoleKind).update({ ...role, rules }));
  }
}

/** The rules of all roles that one of the selectors means, selector by selector and role by role in the order of names, each once. */
function gather({ metadata: { name }, aggregationRule }: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] {
  const sorted = [...all].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const selector of (aggregationRule?.clusterRoleSelectors ?? []).map(toSelector))
    for (const role of sorted)
      if (role.metadata.name !== name && selector.matches(role.metadata.labels ?? {}))
        for (const rule of role.rules ?? []) if (!rules.some((known) => isDeepStrictEqual(known, rule))) rules.push(rule);
  return rules;
}
