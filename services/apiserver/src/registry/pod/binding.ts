import type { Binding, Pod } from '@t8s/api';
import { decodeObject } from '@t8s/codec';
import { badRequest, conflict, formatTime, invalid, methodNotAllowed, notSupported, required } from '@t8s/meta';
import type { ResourceContext } from '../../context.ts';
import { readBody } from '../../endpoints/body.ts';
import type { Services } from '../../endpoints/services.ts';
import { writeUpdate } from '../../endpoints/update.ts';
import { readWriteOptions } from '../../endpoints/write-options.ts';
import { answerObject } from '../../negotiation/answer.ts';
import { bodyFormat, negotiate } from '../../negotiation/media-types.ts';

const bindingKind = { group: '', version: 'v1', kind: 'Binding', schema: 'Binding' };

/** POST pods/x/binding: gives the pod its node, once. What the scheduler does. */
export async function bindPod(context: ResourceContext, services: Services): Promise<void> {
  const { info, request } = context;
  if (info.verb !== 'create') throw methodNotAllowed();
  const { dryRun } = readWriteOptions(context, 'CreateOptions');
  const { object } = decodeObject({
    bytes: await readBody(request),
    format: bodyFormat(request.headers['content-type']),
    expected: bindingKind,
  });
  const binding = object as unknown as Binding;
  if (binding.metadata?.name !== info.name) throw badRequest('name in URL does not match name in Binding object');
  const { target } = binding;
  const errors = [
    ...(target.kind && target.kind !== 'Node' ? [notSupported('target.kind', target.kind, ['<empty>', 'Node'])] : []),
    ...(target.name ? [] : [required('target.name')]),
  ];
  if (errors.length > 0) throw invalid(bindingKind, info.name, errors);
  await writeUpdate({
    context,
    services,
    dryRun,
    management: { as: 'nobody' },
    rules: {},
    change: (current) => bound(structuredClone(current) as Pod, binding),
    view: (pod) => ({
      operation: 'CREATE',
      kind: bindingKind,
      object: binding,
      old: undefined,
      accept: (changed) => {
        (pod as Pod).spec.nodeName = (changed as Binding).target.name;
      },
    }),
  });
  answerObject(
    context,
    201,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    negotiate(request.headers.accept).format,
  );
}

/** A pod is bound once. Throws Conflict. */
function bound(pod: Pod, { metadata, target }: Binding): Pod {
  const { name = '', uid } = pod.metadata;
  const refuse = (why: string): Error => conflict({ group: '', resource: 'pods/binding' }, name, why);
  if (metadata?.uid && metadata.uid !== uid)
    throw refuse(`Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`);
  if (pod.metadata.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if ((pod.spec.schedulingGates ?? []).length > 0) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  pod.spec.nodeName = target.name;
  if (metadata?.annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...metadata.annotations };
  const others = (pod.status?.conditions ?? []).filter((c) => c.type !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(Date.now()) };
  pod.status = { ...pod.status, conditions: [...others, scheduled] };
  return pod;
}
