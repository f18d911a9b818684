/**
 * Deletes what lost its last owner, and carries out foreground and orphan deletion.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
import type { ResourceRef } from '@t8s/client';
import { Controller } from '@t8s/controller';
import { formatApiVersion, ifFound, type KubeObject, type OwnerReference } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { type GraphNode, OwnerGraph } from './graph.ts';
import { WatchedKinds } from './watched-kinds.ts';

const foreground = 'foregroundDeletion';
const orphan = 'orphan';
/** In the queue: what kinds are served is to be found out anew. No uid is like it. */
const kindsKey = 'kinds';
/** Definitions come in handfuls, and it takes them a moment to be served. Milliseconds. */
const settleMs = 500;
/** Until what discovery could not tell is asked for again. Milliseconds. */
const failedMs = 30_000;

type ChangeOwners = (refs: readonly OwnerReference[]) => OwnerReference[];
const without =
  (uids: readonly string[]): ChangeOwners =>
  (refs) =>
    refs.filter(({ uid }) => !uids.includes(uid));

/** Whether it is being deleted in the foreground. */
const awaitsDependents = ({ deleting, finalizers }: Pick<GraphNode, 'deleting' | 'finalizers'>): boolean =>
  deleting && finalizers.includes(foreground);

/** Waits for the caches of every kind that discovery offers before it judges anything. */
export async function garbageCollector({ client, informers, events, clock, log }: ControllerContext): Promise<Controller> {
  const recorder = events('garbage-collector-controller');
  const graph = new OwnerGraph();
  const changed = (): void => controller.enqueueAfter(kindsKey, settleMs);
  const kinds = new WatchedKinds({ client, informers, clock, observe, forget, changed });
  const failures = await kinds.refresh();
  const controller = new Controller({
    name: 'garbage-collector',
    informers: [{ synced: kinds.synced() }],
    reconcile,
    workers: 20,
    log,
    clock,
  });
  if (failures.length > 0) controller.enqueueAfter(kindsKey, failedMs);
  return controller;

  async function refresh(): Promise<{ requeueAfter: number } | undefined> {
    const failed = await kinds.refresh();
    if (failed.length === 0) return undefined;
    log.warn({ groups: failed.map(({ groupVersion }) => groupVersion) }, 'discovery could not tell of all kinds');
    return { requeueAfter: failedMs };
  }

  function observe(resource: ResourceRef<KubeObject>, object: KubeObject): void {
    const node = graph.observe(resource, formatApiVersion(resource), object);
    if (node.owners.length > 0 || node.deleting) controller.enqueue(node.uid);
    wakeOwners(node);
  }

  /** An owner that waits for its dependents looks again when one of them changes or goes. */
  function wakeOwners({ owners }: GraphNode): void {
    for (const ref of owners) if (graph.get(ref.uid)?.finalizers.includes(foreground)) controller.enqueue(ref.uid);
  }

  function forget(uid: string): void {
    const node = graph.get(uid);
    for (const dependent of graph.remove(uid)) controller.enqueue(dependent.uid);
    if (node) wakeOwners(node);
  }

  async function reconcile(uid: string): Promise<{ requeueAfter: number } | undefined> {
    if (uid === kindsKey) return refresh();
    const node = graph.get(uid);
    // Who its dependents are, only all kinds together say.
    if (node?.deleting && kinds.isFilling) return { requeueAfter: settleMs };
    await collect(uid);
    return undefined;
  }

  async function collect(uid: string): Promise<void> {
    const node = graph.get(uid);
    if (!node?.resource) return;
    if (node.deleting && node.finalizers.includes(orphan)) return orphanDependents(node, node.resource);
    if (awaitsDependents(node)) return awaitDependents(node, node.resource);
    if (!node.deleting && node.owners.length > 0) return judge(node, node.resource);
  }

  /** Deletes the object if no owner is left; drops references to owners that are gone while another one is there. */
  async function judge(node: GraphNode, resource: ResourceRef<KubeObject>): Promise<void> {
    const live = await read(resource, node);
    if (live?.metadata.uid !== node.uid) {
      forget(node.uid);
      return;
    }
    const solid: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    for (const ref of live.metadata.ownerReferences ?? []) {
      const owner = await liveOwner(ref, node);
      if (!owner) dangling.push(ref);
      else if (awaitsDependents(owner)) waiting.push(ref);
      else solid.push(ref);
    }
    if (solid.length + waiting.length + dangling.length === 0) return;
    if (solid.length > 0) {
      const left = [...dangling, ...waiting];
      if (left.length > 0) await changeOwners(node, resource, without(left.map((ref) => ref.uid)));
      return;
    }
    const hasBlocking = waiting.length > 0 && node.dependents.size > 0;
    // Perhaps it owns what waits for it, in a circle: it shall keep nobody waiting. That this has changed wakes it again.
    if (hasBlocking && waiting.some((ref) => ref.blockOwnerDeletion) && [...node.dependents].some(awaitsDependents))
      return changeOwners(node, resource, (refs) => refs.map((ref) => ({ ...ref, blockOwnerDeletion: false })));
    const propagationPolicy =
      hasBlocking || live.metadata.finalizers?.includes(foreground)
        ? 'Foreground'
        : live.metadata.finalizers?.includes(orphan)
          ? 'Orphan'
          : 'Background';
    await ifFound(
      client
        .resource(resource)
        .delete(
          { namespace: node.namespace, name: node.name },
          { propagationPolicy, preconditions: { uid: node.uid, resourceVersion: live.metadata.resourceVersion } },
        ),
    );
  }

  /** Foreground deletion: dependents first, and the owner goes when none that blocks it is left. */
  async function awaitDependents(node: GraphNode, resource: ResourceRef<KubeObject>): Promise<void> {
    const blocking = [...node.dependents].filter((d) => d.owners.some((ref) => ref.uid === node.uid && ref.blockOwnerDeletion));
    for (const dependent of node.dependents) if (!dependent.deleting) controller.enqueue(dependent.uid);
    if (blocking.length === 0) await removeFinalizer(node, resource, foreground);
  }

  async function orphanDependents(node: GraphNode, resource: ResourceRef<KubeObject>): Promise<void> {
    for (const dependent of node.dependents) if (dependent.resource) await changeOwners(dependent, dependent.resource, without([node.uid]));
    await removeFinalizer(node, resource, orphan);
  }

  async function changeOwners(node: GraphNode, resource: ResourceRef<KubeObject>, change: ChangeOwners): Promise<void> {
    const live = await read(resource, node);
    if (live?.metadata.uid !== node.uid) return;
    const ownerReferences = change(live.metadata.ownerReferences ?? []);
    await ifFound(
      client
        .resource(resource)
        .patch(
          { namespace: node.namespace, name: node.name },
          { type: 'merge', body: { metadata: { uid: node.uid, resourceVersion: live.metadata.resourceVersion, ownerReferences } } },
        ),
    );
  }

  async function removeFinalizer(node: GraphNode, resource: ResourceRef<KubeObject>, finalizer: string): Promise<void> {
    const live = await read(resource, node);
    if (live?.metadata.uid !== node.uid) return;
    const finalizers = live.metadata.finalizers?.filter((f) => f !== finalizer) ?? [];
    await ifFound(
      client
        .resource(resource)
        .patch(
          { namespace: node.namespace, name: node.name },
          { type: 'merge', body: { metadata: { resourceVersion: live.metadata.resourceVersion, finalizers } } },
        ),
    );
  }

  /** The owner if it is what the reference says: from the graph, or by a live read. */
  async function liveOwner(ref: OwnerReference, dependent: GraphNode): Promise<Pick<GraphNode, 'deleting' | 'finalizers'> | undefined> {
    const node = graph.get(ref.uid);
    const isElsewhere = node?.resource?.namespaced && node.namespace !== dependent.namespace;
    if (isElsewhere) tellOfNamespace(ref, dependent);
    if (node?.resource && !isElsewhere && node.apiVersion === ref.apiVersion && node.kind === ref.kind && node.name === ref.name)
      return node;
    const resource = kinds.find(ref.apiVersion, ref.kind);
    if (!resource) throw new Error(`owner ${ref.apiVersion} ${ref.kind} ${ref.name}: no such kind is served`);
    // Of no namespace, it can't say in which its owner is: it stays (upstream's).
    if (resource.namespaced && !dependent.namespace) return { deleting: false, finalizers: [] };
    const live = await read(resource, { namespace: resource.namespaced ? dependent.namespace : undefined, name: ref.name });
    if (live?.metadata.uid !== ref.uid) return undefined;
    return { deleting: live.metadata.deletionTimestamp !== undefined, finalizers: live.metadata.finalizers ?? [] };
  }

  function tellOfNamespace(ref: OwnerReference, { apiVersion, kind, namespace = '', name, uid }: GraphNode): void {
    const owner = `[${ref.apiVersion}/${ref.kind}, namespace: ${namespace}, name: ${ref.name}, uid: ${ref.uid}]`;
    const message = `ownerRef ${owner} does not exist in namespace "${namespace}"`;
    recorder.event(
      { apiVersion, kind, metadata: { ...(namespace && { namespace }), name, uid } },
      'Warning',
      'OwnerRefInvalidNamespace',
      message,
    );
  }

  async function read(
    resource: ResourceRef<KubeObject>,
    { namespace, name }: { namespace: string | undefined; name: string },
  ): Promise<KubeObject | undefined> {
    return ifFound(client.resource(resource).get({ namespace, name }));
  }
}
