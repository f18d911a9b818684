import type { Eviction, Pod } from '@t8s/api';
import { decodeObject } from '@t8s/codec';
import { badRequest, formatTime, isStatus, methodNotAllowed, unclassified } from '@t8s/meta';
import { reviewRequest, subresourceRequest } from '../../admission/request.ts';
import type { ResourceContext } from '../../context.ts';
import { readBody } from '../../endpoints/body.ts';
import { placeIn } from '../../endpoints/create.ts';
import type { DeleteOptions } from '../../endpoints/delete-options.ts';
import { checkPreconditions, deleteObject } from '../../endpoints/deletion.ts';
import type { Services } from '../../endpoints/services.ts';
import { readWriteOptions } from '../../endpoints/write-options.ts';
import { answerObject } from '../../negotiation/answer.ts';
import { bodyFormat, negotiateRowless } from '../../negotiation/media-types.ts';
import { budgetOf, mayGoUnhealthy, spend, stillProcessed } from './disruption-budget.ts';

const evictionKind = { group: 'policy', version: 'v1', kind: 'Eviction', schema: 'Eviction' };
/** How often an eviction looks at its pod again when the pod changed under its hands. */
const maxTries = 20;

/** POST pods/x/eviction: deletes the pod as a disruption, if its budget allows one (https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction). */
export async function evictPod(context: ResourceContext, services: Services): Promise<void> {
  const { info, request } = context;
  if (info.verb !== 'create') throw methodNotAllowed();
  const { dryRun } = readWriteOptions(context, 'CreateOptions');
  const bytes = await readBody(request);
  // Clients of before policy/v1 still send what they know: nothing in it differs.
  const version = bytes.includes('"policy/v1beta1"') ? 'v1beta1' : 'v1';
  const { object } = decodeObject({
    bytes,
    format: bodyFormat(request.headers['content-type']),
    expected: { ...evictionKind, version },
  });
  const eviction = object as unknown as Eviction;
  eviction.metadata ??= {};
  placeIn(eviction, info.namespace, true);
  if (eviction.metadata.name !== info.name) throw badRequest('name in URL does not match name in Eviction object');
  const admission = subresourceRequest(context, { operation: 'CREATE', kind: evictionKind, object: eviction, dryRun });
  const options = deleteOptions((await reviewRequest(admission, services.plugins)) as Eviction, dryRun);
  const pinned = options.preconditions?.resourceVersion !== undefined;
  for (let tries = 1; ; tries++) {
    const pod = await readPod(context, services);
    if (!isPastDisruption(pod)) {
      await evictWithinBudget(pod, { context, services, options });
      break;
    }
    try {
      // One that has not begun to run may do so any moment: then its budget has a say.
      await disrupt(context, services, pod.status?.phase === 'Pending' && !pod.metadata.deletionTimestamp ? at(pod, options) : options);
      break;
    } catch (error) {
      if (pinned || tries === maxTries || !isStatus(error, 'Conflict')) throw error;
    }
  }
  answerObject(
    context,
    201,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    negotiateRowless(request.headers.accept).format,
  );
}

/** How the pod is to be deleted. Throws when body and query contradict each other. */
function deleteOptions({ deleteOptions: own = {} }: Eviction, dryRun: boolean): DeleteOptions {
  const asked = own.dryRun ?? [];
  if (dryRun && asked.length > 0 && asked.join() !== 'All')
    throw unclassified(`Non-matching dry-run options in request and content: [All] and [${asked.join(' ')}]`);
  const { gracePeriodSeconds, preconditions, propagationPolicy } = own;
  return {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(preconditions && { preconditions }),
    ...((dryRun || asked.length > 0) && { dryRun: ['All'] }),
  };
}

const isDry = ({ dryRun = [] }: DeleteOptions): boolean => dryRun.includes('All');

const readPod = async ({ resource, info }: ResourceContext, { objects }: Services): Promise<Pod> =>
  (await objects.get(resource, info.namespace, info.name)).object as Pod;

/** No budget counts a pod that doesn't run, or no longer. */
const isPastDisruption = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '');

async function evictWithinBudget(
  pod: Pod,
  { context, services, options }: { context: ResourceContext; services: Services; options: DeleteOptions },
): Promise<void> {
  const { objects } = services;
  const budget = budgetOf(pod, objects);
  const uncounted = budget !== undefined && mayGoUnhealthy(pod, budget);
  if (budget && !uncounted) await spend(pod, budget, { objects, dryRun: isDry(options) });
  try {
    // What was not counted must not have become ready since.
    await disrupt(context, services, uncounted ? at(pod, options) : options);
  } catch (error) {
    if (!uncounted || options.preconditions?.resourceVersion !== undefined || !isStatus(error, 'Conflict')) throw error;
    throw stillProcessed(budget.metadata.name ?? '');
  }
}

/** The options, for this very version of the pod unless the client named another. */
const at = ({ metadata: { resourceVersion = '' } }: Pod, options: DeleteOptions): DeleteOptions => ({
  ...options,
  preconditions: { resourceVersion, ...options.preconditions },
});

/** Says in the pod's status why it goes (KEP-3329), then deletes it. */
async function disrupt(
  { resource, info: { namespace, name } }: ResourceContext,
  services: Services,
  options: DeleteOptions,
): Promise<void> {
  const ref = { namespace, name };
  if (isDry(options)) {
    await deleteObject(resource, services, { ...ref, options });
    return;
  }
  const { cached } = await services.objects.change(resource, ref, async ({ object }) => {
    checkPreconditions(resource.kind, object, options.preconditions);
    return { to: 'put', object: marked(object as Pod) };
  });
  const { preconditions } = options;
  const isPinned = preconditions?.resourceVersion !== undefined;
  const next = isPinned ? { ...options, preconditions: { ...preconditions, resourceVersion: String(cached.revision) } } : options;
  await deleteObject(resource, services, { ...ref, options: next });
}

function marked({ status, ...pod }: Pod): Pod {
  const others = (status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget');
  const before = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    lastTransitionTime: before?.status === 'True' ? before.lastTransitionTime : formatTime(Date.now()),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  return { ...pod, metadata: { ...pod.metadata }, status: { ...status, conditions: [...others, condition] } };
}
