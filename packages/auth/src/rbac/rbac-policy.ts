/**
 * Role-based access control (v1.34): who is bound to which roles, kept by subject, so that a verdict costs what is bound to the
 * one who asks and not what the cluster has.
 */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacSubject, Requester, Role, RoleBinding } from '@t8s/api';
import { aggregate } from '@t8s/meta';
import type { Attributes, Verdict } from './attributes.ts';
import { ruleAllows } from './rule-match.ts';

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
  /** By subject, then by namespace ('' for the whole cluster), then by the binding's key. */
  readonly #grants = new Map<string, Map<string, Map<string, Grant>>>();

  /** Enters an object, or takes it out where it is undefined; `key` is `namespace/name` or `name`. */
  set<R extends keyof RbacObjects>(resource: R, key: string, object: RbacObjects[R] | undefined): void {
    if (resource === 'roles') put(this.#roles, key, object as Role | undefined);
    else if (resource === 'clusterroles') put(this.#clusterRoles, key, object as ClusterRole | undefined);
    else this.#setBinding(`${resource}/${key}`, object as Binding | undefined);
  }

  /** Allows, or has no opinion: rules only ever add up. */
  authorize(attributes: Attributes): Verdict {
    const errors = new Set<string>();
    const namespace = 'path' in attributes ? '' : attributes.namespace;
    for (const granted of this.#granted(attributes.user, namespace, errors))
      if (ruleAllows(granted.rule, attributes)) return { decision: 'allow', reason: `RBAC: allowed by ${describe(granted)}` };
    return { decision: 'no-opinion', reason: errors.size === 0 ? '' : `RBAC: ${aggregate([...errors])}` };
  }

  /** All that somebody may do in a namespace ('': at the cluster scope). */
  rulesFor(user: Requester, namespace: string): GrantedRules {
    const errors = new Set<string>();
    return { rules: [...this.#granted(user, namespace, errors)], errors: [...errors] };
  }

  /** The rules a role reference of a binding stands for; undefined where there is no such role. */
  rulesOfRole({ kind, name }: Pick<RoleBinding['roleRef'], 'kind' | 'name'>, namespace: string): readonly PolicyRule[] | undefined {
    const role = kind === 'ClusterRole' ? this.#clusterRoles.get(name) : this.#roles.get(`${namespace}/${name}`);
    return role && (role.rules ?? []);
  }

  *#granted(user: Requester, namespace: string, errors: Set<string>): Iterable<GrantedRule> {
    const subjects = [`User ${user.name}`, ...user.groups.map((group) => `Group ${group}`)];
    // As upstream goes: what is bound in the whole cluster first.
    for (const scope of namespace === '' ? [''] : ['', namespace])
      for (const subject of subjects)
        for (const grant of this.#grants.get(subject)?.get(scope)?.values() ?? []) {
          const { kind, name } = grant.binding.roleRef;
          const rules = this.rulesOfRole({ kind, name }, scope);
          if (rules) for (const rule of rules) yield { ...grant, rule };
          else errors.add(`${kind.toLowerCase()}.rbac.authorization.k8s.io "${name}" not found`);
        }
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
      const scopes = entry(this.#grants, id, () => new Map<string, Map<string, Grant>>());
      entry(scopes, namespace, () => new Map<string, Grant>()).set(key, { binding, subject });
    }
  }

  #forget(subject: string | undefined, namespace: string, key: string): void {
    const scopes = subject === undefined ? undefined : this.#grants.get(subject);
    const grants = scopes?.get(namespace);
    if (subject === undefined || !scopes || !grants?.delete(key) || grants.size > 0) return;
    scopes.delete(namespace);
    if (scopes.size === 0) this.#grants.delete(subject);
  }
}

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

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
