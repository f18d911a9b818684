import type { Binding, Pod } from '@t8s/api';
import { decodeObject } from '@t8s/codec';
import { badRequest, conflict, formatTime, invalid, methodNotAllowed, required } from '@t8s/meta';
import type { ResourceContext } from '../../context.ts';
import { readBody } from '../../endpoints/body.ts';
import type { Services } from '../../endpoints/services.ts';
import { readWriteOptions } from '../../endpoints/write-options.ts';
import { answerObject } from '../../negotiation/answer.ts';
import { bodyFormat, negotiate } from '../../negotiation/media-types.ts';

const bindingKind = { group: '', version: 'v1', kind: 'Binding', schema: 'Binding' };

/** POST pods/x/binding: gives the pod its node, once. What the scheduler does. */
export async function bindPod(context: ResourceContext, { objects }: Services): Promise<void> {
  const { info, resource, request } = context;
  if (info.verb !== 'create') throw methodNotAllowed();
  const { dryRun } = readWriteOptions(context, 'CreateOptions');
  const { object } = decodeObject({
    bytes: await readBody(request),
    format: bodyFormat(request.headers['content-type']),
    expected: bindingKind,
  });
  const binding = object as unknown as Binding;
  const { target } = binding;
  if (target?.kind && target.kind !== 'Node') throw badRequest(`cannot bind to a ${target.kind}: only Node is supported`);
  if (!target?.name) throw invalid(bindingKind, info.name, [required('target.name')]);
  await objects.update(resource, info, async (current) => {
    const pod = structuredClone(current) as Pod;
    const uid = binding.metadata?.uid;
    if (uid && uid !== pod.metadata.uid)
      throw conflict(
        { group: '', resource: 'pods/binding' },
        info.name,
        `the UID in the precondition (${uid}) does not match the UID in record (${pod.metadata.uid})`,
      );
    if (pod.metadata.deletionTimestamp)
      throw conflict({ group: '', resource: 'pods/binding' }, info.name, `pod ${info.name} is being deleted, cannot be assigned to a host`);
    if (pod.spec.nodeName)
      throw conflict(
        { group: '', resource: 'pods/binding' },
        info.name,
        `pod ${info.name} is already assigned to node "${pod.spec.nodeName}"`,
      );
    if ((pod.spec.schedulingGates ?? []).length > 0)
      throw conflict({ group: '', resource: 'pods/binding' }, info.name, `pod ${info.name} has non-empty .spec.schedulingGates`);
    pod.spec.nodeName = target.name;
    if (binding.metadata?.annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
    const others = (pod.status?.conditions ?? []).filter((c) => c.type !== 'PodScheduled');
    pod.status = {
      ...pod.status,
      conditions: [...others, { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(Date.now()) }],
    };
    return dryRun ? undefined : pod;
  });
  answerObject(
    context,
    201,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    negotiate(request.headers.accept).format,
  );
}
