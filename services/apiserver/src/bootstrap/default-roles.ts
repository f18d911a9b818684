/** Upstream's default roles and bindings: made where they are missing, completed where somebody took from them (v1.34's reconciliation). */
import {
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleBindingKind,
  clusterRoleKind,
  type Role,
  type RoleBinding,
  roleBindingKind,
  roleKind,
} from '@t8s/api';
import {
  autoUpdate,
  defaultClusterRoleBindings,
  defaultClusterRoles,
  defaultRoleBindings,
  defaultRoles,
  joinRules,
  uncovered,
} from '@t8s/auth';
import type { Client, ResourceRef } from '@t8s/client';
import { isStatus, type KubeObject } from '@t8s/meta';

type AnyRole = Role | ClusterRole;
type AnyBinding = RoleBinding | ClusterRoleBinding;

/** An object with the annotation `rbac.authorization.kubernetes.io/autoupdate: "false"` is left alone. */
export async function ensureDefaultRoles(client: Client): Promise<void> {
  await reconcile(client, clusterRoleKind, { wanted: defaultClusterRoles, complete: completeRole });
  await reconcile(client, roleKind, { wanted: defaultRoles, complete: completeRole });
  await reconcile(client, clusterRoleBindingKind, { wanted: defaultClusterRoleBindings, complete: completeBinding });
  await reconcile(client, roleBindingKind, { wanted: defaultRoleBindings, complete: completeBinding });
}

interface Reconciliation<T> {
  wanted: readonly T[];
  /** Adds what `found` lacks of `wanted`; false where nothing was missing, 'replace' where it can't be added. */
  complete(found: T, wanted: T): boolean | 'replace';
}

async function reconcile<T extends KubeObject>(
  client: Client,
  kind: ResourceRef<T>,
  { wanted, complete }: Reconciliation<T>,
): Promise<void> {
  const resource = client.resource(kind);
  const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  const found = new Map((await resource.list()).items.map((object) => [keyOf(object), object]));
  for (const object of wanted) {
    const present = found.get(keyOf(object));
    if (!present) {
      // Another apiserver may be at the same work.
      await resource.create(object).catch((error: unknown) => {
        if (!isStatus(error, 'AlreadyExists')) throw error;
      });
      continue;
    }
    if (present.metadata.annotations?.[autoUpdate] === 'false') continue;
    const isLabelled = completeLabels(present, object);
    const changed = complete(present, object);
    if (changed === 'replace') {
      await resource.delete({
        ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
        name: object.metadata.name ?? '',
      });
      await resource.create(object);
    } else if (changed || isLabelled) await resource.update(present);
  }
}

function completeLabels({ metadata: found }: KubeObject, { metadata: wanted }: KubeObject): boolean {
  let changed = false;
  for (const field of ['labels', 'annotations'] as const)
    for (const [key, value] of Object.entries(wanted[field] ?? {})) {
      if (found[field]?.[key] === value) continue;
      found[field] = { ...found[field], [key]: value };
      changed = true;
    }
  return changed;
}

/** Rules and selectors are added, never taken away: what somebody granted besides stays. */
function completeRole(found: AnyRole, wanted: AnyRole): boolean {
  if ('aggregationRule' in wanted && wanted.aggregationRule) {
    const role = found as ClusterRole;
    const present = role.aggregationRule?.clusterRoleSelectors ?? [];
    const missing = (wanted.aggregationRule.clusterRoleSelectors ?? []).filter(
      (selector) => !present.some((other) => JSON.stringify(other) === JSON.stringify(selector)),
    );
    if (missing.length > 0) role.aggregationRule = { clusterRoleSelectors: [...present, ...missing] };
    return missing.length > 0;
  }
  const missing = uncovered(found.rules ?? [], wanted.rules ?? []);
  if (missing.length > 0) found.rules = [...(found.rules ?? []), ...joinRules(missing)];
  return missing.length > 0;
}

function completeBinding(found: AnyBinding, wanted: AnyBinding): boolean | 'replace' {
  if (found.roleRef.kind !== wanted.roleRef.kind || found.roleRef.name !== wanted.roleRef.name) return 'replace';
  const present = found.subjects ?? [];
  const missing = (wanted.subjects ?? []).filter(
    ({ kind, name, namespace }) => !present.some((other) => other.kind === kind && other.name === name && other.namespace === namespace),
  );
  if (missing.length > 0) found.subjects = [...present, ...missing];
  return missing.length > 0;
}
