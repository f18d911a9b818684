/**
 * Role-based access control (v1.34): who is bound to which roles, kept by subject. What a subject is granted is indexed when it first
 * asks, so that a verdict costs a few look-ups for each of its groups, whatever the cluster has and however much is bound to it.
 */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacSubject, Requester, Role, RoleBinding } from '@t8s/api';
import { aggregate } from '@t8s/meta';
import type { Attributes, Verdict } from './attributes.ts';
import { bucketKeys, entry, GrantIndex } from './grant-index.ts';

export interface RbacObjects {
  roles: Role;
  clusterroles: ClusterRole;
  rolebindings: RoleBinding;
  clusterrolebindings: ClusterRoleBinding;
}

type Binding = RoleBinding | ClusterRoleBinding;

/** A subject of a binding, as the subject's list holds it. */
interface Grant {
  binding: Binding;
  subject: RbacSubject;
}

/** What is bound to a subject in one place. */
interface Held {
  /** By the binding's key. */
  grants: Map<string, Grant>;
  /** Made for the first question, and anew after a grant has gone or a role has changed. */
  indexed: Indexed | undefined;
}

interface Indexed {
  index: GrantIndex<Grant>;
  /** What could not be looked up. */
  errors: Set<string>;
  /** Keys of the roles it is made of. */
  roles: Set<string>;
}

/** One rule that somebody has, and by what. */
export interface GrantedRule extends Grant {
  rule: PolicyRule;
}

/** Rules somebody has, and what could not be looked up, each once. */
export interface GrantedRules {
  rules: GrantedRule[];
  errors: string[];
}

export class RbacPolicy {
  readonly #roles = new Map<string, Role>();
  readonly #clusterRoles = new Map<string, ClusterRole>();
  readonly #bindings = new Map<string, Binding>();
  /** By subject, then by namespace ('' for the whole cluster). */
  readonly #grants = new Map<string, Map<string, Held>>();
  /** Whose index has rules of a role, or lacks them. */
  readonly #indexedFrom = new Map<string, Set<Held>>();

  /** Enters an object, or takes it out where it is undefined; `key` is `namespace/name` or `name`. */
  set<R extends keyof RbacObjects>(resource: R, key: string, object: RbacObjects[R] | undefined): void {
    if (resource === 'rolebindings' || resource === 'clusterrolebindings') {
      this.#setBinding(`${resource}/${key}`, object as Binding | undefined);
      return;
    }
    if (resource === 'roles') put(this.#roles, key, object as Role | undefined);
    else put(this.#clusterRoles, key, object as ClusterRole | undefined);
    for (const held of this.#indexedFrom.get(key) ?? []) this.#drop(held);
  }

  /** Allows, or has no opinion: rules only ever add up. */
  authorize(attributes: Attributes): Verdict {
    const keys = bucketKeys(attributes);
    const errors = new Set<string>();
    for (const { held, scope } of this.#heldBy(attributes.user, 'path' in attributes ? '' : attributes.namespace)) {
      const { index, errors: failed } = held.indexed ?? this.#index(held, scope);
      const grant = index.find(attributes, keys);
      if (grant) return { decision: 'allow', reason: `RBAC: allowed by ${describe(grant)}` };
      for (const error of failed) errors.add(error);
    }
    return { decision: 'no-opinion', reason: errors.size === 0 ? '' : `RBAC: ${aggregate([...errors])}` };
  }

  /** All that somebody may do in a namespace ('': at the cluster scope). */
  rulesFor(user: Requester, namespace: string): GrantedRules {
    const errors = new Set<string>();
    const rules: GrantedRule[] = [];
    for (const { held, scope } of this.#heldBy(user, namespace))
      for (const grant of held.grants.values()) for (const rule of this.#rulesOf(grant, scope, errors)) rules.push({ ...grant, rule });
    return { rules, errors: [...errors] };
  }

  /** The rules a role reference of a binding stands for; undefined where there is no such role. */
  rulesOfRole({ kind, name }: Pick<RoleBinding['roleRef'], 'kind' | 'name'>, namespace: string): readonly PolicyRule[] | undefined {
    const role = (kind === 'ClusterRole' ? this.#clusterRoles : this.#roles).get(roleKey(kind, name, namespace));
    return role && (role.rules ?? []);
  }

  *#heldBy(user: Requester, namespace: string): Iterable<{ held: Held; scope: string }> {
    const subjects = [`User ${user.name}`, ...user.groups.map((group) => `Group ${group}`)];
    // As upstream goes: what is bound in the whole cluster first.
    for (const scope of namespace === '' ? [''] : ['', namespace])
      for (const subject of subjects) {
        const held = this.#grants.get(subject)?.get(scope);
        if (held) yield { held, scope };
      }
  }

  #index(held: Held, scope: string): Indexed {
    const indexed = { index: new GrantIndex<Grant>(), errors: new Set<string>(), roles: new Set<string>() };
    held.indexed = indexed;
    for (const grant of held.grants.values()) this.#addTo(indexed, held, { grant, scope });
    return indexed;
  }

  #addTo({ index, errors, roles }: Indexed, held: Held, { grant, scope }: { grant: Grant; scope: string }): void {
    const { kind, name } = grant.binding.roleRef;
    const key = roleKey(kind, name, scope);
    roles.add(key);
    entry(this.#indexedFrom, key, () => new Set<Held>()).add(held);
    for (const rule of this.#rulesOf(grant, scope, errors)) index.add(rule, grant);
  }

  #drop(held: Held): void {
    for (const key of held.indexed?.roles ?? []) {
      const users = this.#indexedFrom.get(key);
      if (users?.delete(held) && users.size === 0) this.#indexedFrom.delete(key);
    }
    held.indexed = undefined;
  }

  #rulesOf({ binding: { roleRef } }: Grant, scope: string, errors: Set<string>): readonly PolicyRule[] {
    const rules = this.rulesOfRole(roleRef, scope);
    if (!rules) errors.add(`${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io "${roleRef.name}" not found`);
    return rules ?? [];
  }

  #setBinding(key: string, binding: Binding | undefined): void {
    const old = this.#bindings.get(key);
    for (const subject of old?.subjects ?? [])
      this.#forget(subjectKey(subject, old?.metadata.namespace), old?.metadata.namespace ?? '', key);
    put(this.#bindings, key, binding);
    for (const subject of binding?.subjects ?? []) {
      const { namespace = '' } = binding?.metadata ?? {};
      const id = subjectKey(subject, namespace);
      if (!binding || id === undefined) continue;
      const scopes = entry(this.#grants, id, () => new Map<string, Held>());
      const held = entry(scopes, namespace, (): Held => ({ grants: new Map(), indexed: undefined }));
      const grant = { binding, subject };
      held.grants.set(key, grant);
      if (held.indexed) this.#addTo(held.indexed, held, { grant, scope: namespace });
    }
  }

  #forget(subject: string | undefined, namespace: string, key: string): void {
    const scopes = subject === undefined ? undefined : this.#grants.get(subject);
    const held = scopes?.get(namespace);
    if (subject === undefined || !scopes || !held?.grants.delete(key)) return;
    this.#drop(held);
    if (held.grants.size > 0) return;
    scopes.delete(namespace);
    if (scopes.size === 0) this.#grants.delete(subject);
  }
}

const roleKey = (kind: string, name: string, namespace: string): string => (kind === 'ClusterRole' ? name : `${namespace}/${name}`);

/** A service account is a user of that name; one without a namespace is of the binding's. Undefined for what is nobody. */
function subjectKey({ kind, name, namespace }: RbacSubject, ofBinding = ''): string | undefined {
  if (kind === 'User' || kind === 'Group') return `${kind} ${name}`;
  const home = namespace || ofBinding;
  return kind === 'ServiceAccount' && home !== '' ? `User system:serviceaccount:${home}:${name}` : undefined;
}

/** Upstream's words for why somebody has a rule. */
function describe({ binding, subject }: Grant): string {
  const { namespace, name = '' } = binding.metadata;
  const what = namespace ? `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}` : `ClusterRoleBinding ${JSON.stringify(name)}`;
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? ''}` : subject.name;
  return `${what} of ${binding.roleRef.kind} ${JSON.stringify(binding.roleRef.name)} to ${subject.kind} ${JSON.stringify(who)}`;
}

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
