/** Who may do what: administrators anything, nodes by the Node authorizer, everybody by roles and bindings; kept up to date by the watch cache. */
import type { PersistentVolume, Pod, VolumeAttachment } from '@t8s/api';
import {
  type Attributes,
  type Authorizer,
  type GrantedRules,
  NodeGraph,
  nodeAuthorizer,
  nodeOf,
  type RbacObjects,
  RbacPolicy,
  type Verdict,
} from '@t8s/auth';
import type { KubeObject } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import type { User } from '../context.ts';

const administrators = 'system:masters';

export interface AccessPolicy {
  /** The first opinion counts, in the order Node, RBAC. */
  authorize: Authorizer;
  /** All that somebody may do in a namespace, as far as it can be told without asking for each. */
  rulesFor(user: User, namespace: string): GrantedRules;
  rbac(): RbacPolicy;
}

/** Throws ServiceUnavailable before the cache is filled, for all but administrators. */
export function accessPolicy(cache: WatchCache): AccessPolicy {
  const followed = new Followed(cache);
  const authorize = (attributes: Attributes): Verdict => {
    if (attributes.user.groups.includes(administrators)) return { decision: 'allow', reason: '' };
    const { node, rbac } = followed.current();
    const byNode = node(attributes);
    if (byNode.decision !== 'no-opinion') return byNode;
    const byRole = rbac.authorize(attributes);
    if (byRole.decision !== 'no-opinion') return byRole;
    return { decision: 'no-opinion', reason: [byNode.reason, byRole.reason].filter((reason) => reason !== '').join('\n') };
  };
  return {
    authorize,
    rulesFor(user, namespace) {
      const { rules, errors } = followed.current().rbac.rulesFor(user, namespace);
      return { rules, errors: nodeOf(user) === undefined ? errors : ['node authorizer does not support user rule resolution', ...errors] };
    },
    rbac: () => followed.current().rbac,
  };
}

interface Current {
  rbac: RbacPolicy;
  node: Authorizer;
}

/** What the cache holds of roles, bindings and what nodes reach, from the first question on; afresh where the cache had to start over. */
class Followed {
  readonly #cache: WatchCache;
  #current: Current | undefined;

  constructor(cache: WatchCache) {
    this.#cache = cache;
  }

  current(): Current {
    this.#current ??= this.#follow();
    return this.#current;
  }

  #follow(): Current {
    const rbac = new RbacPolicy();
    const graph = new NodeGraph();
    const setters: Record<string, (key: string, object: KubeObject | undefined) => void> = {
      pods: (key, object) => graph.setPod(key, object as Pod | undefined),
      persistentvolumes: (key, object) => graph.setVolume(key, object as PersistentVolume | undefined),
      volumeattachments: (key, object) => graph.setAttachment(key, object as VolumeAttachment | undefined),
    };
    for (const resource of ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'] as const)
      setters[resource] = (key, object) => rbac.set(resource, key, object as RbacObjects[typeof resource] | undefined);
    for (const [resource, set] of Object.entries(setters)) {
      const objects = this.#cache.resource(resource);
      for (const { key, object } of objects.range()) set(key, object);
      const expired = (): void => {
        this.#current = undefined;
      };
      objects.watch(
        { deliver: ({ current, previous }) => set((current ?? previous)?.key ?? '', current?.object), expired },
        this.#cache.revision,
      );
    }
    return { rbac, node: nodeAuthorizer(graph) };
  }
}
