/**
 * Who owns whom, by uid: built from watch events of every kind. An owner that is named but was never seen is a node too
 * (`observed` false) until a live read tells whether it exists.
 */
import type { ResourceRef } from '@t8s/client';
import type { KubeObject, OwnerReference } from '@t8s/meta';

export interface GraphNode {
  uid: string;
  kind: string;
  apiVersion: string;
  namespace: string | undefined;
  name: string;
  /** The resource it is watched by; undefined for an owner not seen yet. */
  resource: ResourceRef<KubeObject> | undefined;
  owners: readonly OwnerReference[];
  dependents: Set<GraphNode>;
  /** It has a deletionTimestamp. */
  deleting: boolean;
  finalizers: readonly string[];
}

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** Enters what an added or modified event shows. */
  observe(resource: ResourceRef<KubeObject>, apiVersion: string, object: KubeObject): GraphNode {
    const { uid = '', name = '', namespace, ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
    const known = this.#nodes.get(uid);
    const node: GraphNode = known ?? {
      uid,
      kind: resource.kind,
      apiVersion,
      namespace,
      name,
      resource,
      owners: [],
      dependents: new Set(),
      deleting: false,
      finalizers: [],
    };
    Object.assign(node, {
      kind: resource.kind,
      apiVersion,
      namespace,
      name,
      resource,
      deleting: deletionTimestamp !== undefined,
      finalizers,
    });
    this.#nodes.set(uid, node);
    const owners = new Set(ownerReferences.map((ref) => ref.uid));
    for (const ref of node.owners) if (!owners.has(ref.uid)) this.#unlink(ref.uid, node);
    for (const ref of ownerReferences) this.#owner(ref, namespace).dependents.add(node);
    node.owners = ownerReferences;
    return node;
  }

  /** Takes out what is gone. Returns its dependents, which must be looked at. */
  remove(uid: string): GraphNode[] {
    const node = this.#nodes.get(uid);
    if (!node) return [];
    for (const ref of node.owners) this.#unlink(ref.uid, node);
    if (node.dependents.size === 0) this.#nodes.delete(uid);
    else node.resource = undefined;
    return [...node.dependents];
  }

  /** Node of a reference; one never seen is assumed to live in the dependent's namespace. */
  #owner(ref: OwnerReference, namespace: string | undefined): GraphNode {
    const known = this.#nodes.get(ref.uid);
    if (known) return known;
    const node: GraphNode = {
      uid: ref.uid,
      kind: ref.kind,
      apiVersion: ref.apiVersion,
      namespace,
      name: ref.name,
      resource: undefined,
      owners: [],
      dependents: new Set(),
      deleting: false,
      finalizers: [],
    };
    this.#nodes.set(ref.uid, node);
    return node;
  }

  #unlink(ownerUid: string, dependent: GraphNode): void {
    const owner = this.#nodes.get(ownerUid);
    owner?.dependents.delete(dependent);
    if (owner && !owner.resource && owner.dependents.size === 0) this.#nodes.delete(ownerUid);
  }
}
