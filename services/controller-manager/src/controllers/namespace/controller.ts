/**
 * Empties a namespace that is being deleted, then lets it go by removing the finalizer `kubernetes`.
 * What can't be deleted yet is told in the namespace's conditions.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Namespace, type NamespaceCondition, namespaceKind, podKind } from '@t8s/api';
import type { ResourceRef } from '@t8s/client';
import { Controller } from '@t8s/controller';
import { formatTime, isStatus, type KubeObject } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { type DiscoveryFailure, deletableResources } from '../../discovery/resources.ts';
import { podIndexers } from '../../pods/indexers.ts';

const finalizer = 'kubernetes';
/** How long to wait for objects with finalizers before looking again. */
const contentRemainingMs = 5000;

interface Remaining {
  count: Map<string, number>;
  finalizers: Map<string, number>;
  errors: string[];
  discovery: DiscoveryFailure[];
  /** Pods are left, and the milliseconds they may still take. */
  podsLeft: boolean;
  estimate: number;
}

export function namespaceController({ client, informers, clock, log }: ControllerContext): Controller {
  const namespaces = informers.informer(namespaceKind);
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const controller = new Controller({ name: 'namespace', informers: [namespaces, pods], reconcile, workers: 10, log, clock });
  // The last pod makes way for all the rest.
  pods.addHandler({
    deleted({ metadata: { namespace = '' } }) {
      if (namespaces.get(namespace)?.metadata.deletionTimestamp && pods.byIndex('namespace', namespace).length === 0)
        controller.enqueue(namespace);
    },
  });
  controller.watch(namespaces, (namespace) => (namespace.metadata.deletionTimestamp ? [namespace.metadata.name ?? ''] : []));
  return controller;

  async function reconcile(name: string): Promise<{ requeueAfter: number } | undefined> {
    const namespace = namespaces.get(name);
    if (!namespace?.metadata.deletionTimestamp || !namespace.spec.finalizers?.includes(finalizer)) return undefined;
    const remaining = await deleteContent(name);
    await writeConditions(namespace, remaining);
    if (remaining.errors.length > 0) throw new Error(remaining.errors.join('; '));
    if (remaining.discovery.length > 0)
      throw new Error(`discovery failed for ${remaining.discovery.map((f) => f.groupVersion).join(', ')}`);
    if (remaining.count.size > 0) return { requeueAfter: Math.max(remaining.estimate, contentRemainingMs) / 2 };
    await finalize(namespace);
    return undefined;
  }

  /** Pods go first (KEP-5080): what they may rely on, network policies for one, stays until they have ended. */
  async function deleteContent(namespace: string): Promise<Remaining> {
    const { resources, failures } = await deletableResources(client);
    const remaining: Remaining = { count: new Map(), finalizers: new Map(), errors: [], discovery: failures, podsLeft: false, estimate: 0 };
    const namespaced = resources.filter((r) => r.namespaced).sort((a, b) => Number(isPods(b)) - Number(isPods(a)));
    for (const resource of namespaced) {
      if (remaining.podsLeft) break;
      try {
        await deleteAll(resource, namespace, remaining);
      } catch (error) {
        if (!isStatus(error, 'NotFound', 'MethodNotAllowed')) remaining.errors.push((error as Error).message);
      }
    }
    return remaining;
  }

  async function deleteAll(resource: ResourceRef<KubeObject>, namespace: string, remaining: Remaining): Promise<void> {
    const { items: before } = await client.resource(resource).list({ namespace });
    if (before.length === 0) return;
    await client.resource(resource).deleteCollection({ namespace, propagationPolicy: 'Background' });
    const { items } = await client.resource(resource).list({ namespace });
    if (items.length === 0) return;
    // The dot is there without a group, too, in upstream's words.
    remaining.count.set(`${resource.resource}.${resource.group}`, items.length);
    for (const item of items)
      for (const f of item.metadata.finalizers ?? []) remaining.finalizers.set(f, (remaining.finalizers.get(f) ?? 0) + 1);
    if (!isPods(resource)) return;
    remaining.podsLeft = true;
    remaining.estimate = Math.max(0, ...items.map((pod) => (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000));
  }

  async function writeConditions(namespace: Namespace, remaining: Remaining): Promise<void> {
    const before = namespace.status?.conditions ?? [];
    const conditions = deletionConditions(remaining).map((condition): NamespaceCondition => {
      const current = before.find((c) => c.type === condition.type);
      return {
        ...condition,
        lastTransitionTime: current?.status === condition.status ? current.lastTransitionTime : formatTime(clock.now()),
      };
    });
    if (isDeepStrictEqual(before, conditions)) return;
    await client.resource(namespaceKind).updateStatus({ ...namespace, status: { ...namespace.status, conditions } });
  }

  async function finalize(namespace: Namespace): Promise<void> {
    const spec = { ...namespace.spec, finalizers: namespace.spec.finalizers?.filter((f) => f !== finalizer) };
    try {
      const current = await client.resource(namespaceKind).get({ name: namespace.metadata.name ?? '' });
      await client.resource(namespaceKind).updateSubresource({ name: namespace.metadata.name ?? '' }, 'finalize', { ...current, spec });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
  }
}

const isPods = ({ group, resource }: ResourceRef<KubeObject>): boolean => group === podKind.group && resource === podKind.resource;

/** Upstream's five conditions of a namespace on its way out. */
function deletionConditions({ count, finalizers, errors, discovery }: Remaining): NamespaceCondition[] {
  const say = (type: string, problem: string, bad: string, good: [reason: string, message: string]): NamespaceCondition =>
    problem === '' ? { type, status: 'False', reason: good[0], message: good[1] } : { type, status: 'True', reason: bad, message: problem };
  const list = (entries: Map<string, number>, suffix: string): string =>
    [...entries]
      .sort()
      .map(([name, n]) => `${name}${suffix} ${n} resource instances`)
      .join(', ');
  return [
    say(
      'NamespaceDeletionDiscoveryFailure',
      discovery.length > 0
        ? `Discovery failed for some groups, ${discovery.length} failing: unable to retrieve the complete list of server APIs: ${discovery
            .map((f) => `${f.groupVersion}: ${f.message}`)
            .sort()
            .join(', ')}`
        : '',
      'DiscoveryFailed',
      ['ResourcesDiscovered', 'All resources successfully discovered'],
    ),
    say('NamespaceDeletionGroupVersionParsingFailure', '', 'GroupVersionParsingFailed', [
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ]),
    say(
      'NamespaceDeletionContentFailure',
      errors.length > 0 ? `Failed to delete all resource types, ${errors.length} remaining: ${errors.join(', ')}` : '',
      'ContentDeletionFailed',
      ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    ),
    say('NamespaceContentRemaining', count.size > 0 ? `Some resources are remaining: ${list(count, ' has')}` : '', 'SomeResourcesRemain', [
      'ContentRemoved',
      'All content successfully removed',
    ]),
    say(
      'NamespaceFinalizersRemaining',
      finalizers.size > 0 ? `Some content in the namespace has finalizers remaining: ${list(finalizers, ' in')}` : '',
      'SomeFinalizersRemain',
      ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    ),
  ];
}
