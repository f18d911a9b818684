import { type Binding, bindingKind, type Pod } from '@t8s/api';
import { decodeObject } from '@t8s/codec';
import { badRequest, cloneJson, conflict, formatTime, invalid, methodNotAllowed } from '@t8s/meta';
import type { ResourceContext, ServedResource } from '../../context.ts';
import { readBody } from '../../endpoints/body.ts';
import { placeIn } from '../../endpoints/create.ts';
import type { Services } from '../../endpoints/services.ts';
import { writeUpdate } from '../../endpoints/update.ts';
import { checkFields, readWriteOptions } from '../../endpoints/write-options.ts';
import { answerObject } from '../../negotiation/answer.ts';
import { bodyFormat, negotiateRowless } from '../../negotiation/media-types.ts';

/** POST pods/x/binding: gives the pod its node, once. What the scheduler does. */
export async function bindPod(context: ResourceContext, services: Services): Promise<void> {
  if (context.info.verb !== 'create') throw methodNotAllowed();
  const { binding, dryRun } = await readBinding(context);
  if (binding.metadata.name !== context.info.name) throw badRequest('name in URL does not match name in Binding object');
  await bind(context, services, { binding, dryRun });
}

/** POST bindings, the older path: the binding has its pod's name. */
export async function createBinding(context: ResourceContext, services: Services): Promise<void> {
  const { info } = context;
  const pods = services.served.find('', 'v1', 'pods');
  if (!pods || info.verb !== 'create' || info.name !== '') throw methodNotAllowed();
  const { binding, dryRun } = await readBinding(context);
  const { name = '' } = binding.metadata;
  if (name === '') throw badRequest('name is required');
  const ofPod = { ...context, resource: pods, info: { ...info, resource: 'pods', subresource: 'binding', name } };
  await bind(ofPod, services, { binding, dryRun, at: context.resource });
}

interface Order {
  binding: Binding;
  dryRun: boolean;
  /** The resource it came in at, if not the pod's sub-resource. */
  at?: ServedResource;
}

async function readBinding(context: ResourceContext): Promise<Order> {
  const { request, info, warnings } = context;
  const { dryRun, fieldValidation } = readWriteOptions(context, 'CreateOptions');
  const decoded = decodeObject({
    bytes: await readBody(request),
    format: bodyFormat(request.headers['content-type']),
    expected: bindingKind,
  });
  checkFields(decoded, { warnings, kind: bindingKind, fieldValidation });
  const binding = decoded.object as unknown as Binding;
  binding.metadata ??= {};
  placeIn(binding, info.namespace, true);
  return { binding, dryRun };
}

async function bind(context: ResourceContext, services: Services, { binding, dryRun, at }: Order): Promise<void> {
  const errors = bindingKind.strategy.validate?.(binding) ?? [];
  if (errors.length > 0) throw invalid(bindingKind, context.info.name, errors);
  await writeUpdate({
    context,
    services,
    dryRun,
    management: { as: 'nobody' },
    rules: {},
    change: (current) => bound(cloneJson(current) as Pod, binding),
    view: (pod) => ({
      ...(at && { resource: at }),
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
    negotiateRowless(context.request.headers.accept).format,
  );
}

/** A pod is bound once. Throws Conflict. */
function bound(pod: Pod, { metadata, target }: Binding): Pod {
  const { name = '', uid, resourceVersion } = pod.metadata;
  const refuse = (why: string): Error => conflict({ group: '', resource: 'pods/binding' }, name, why);
  if (metadata.uid && metadata.uid !== uid)
    throw refuse(`Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`);
  if (metadata.resourceVersion && metadata.resourceVersion !== resourceVersion)
    throw refuse(
      `Precondition failed: ResourceVersion in precondition: ${metadata.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`,
    );
  if (pod.metadata.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if ((pod.spec.schedulingGates ?? []).length > 0) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  pod.spec.nodeName = target.name;
  if (metadata.annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...metadata.annotations };
  const others = (pod.status?.conditions ?? []).filter((c) => c.type !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(Date.now()) };
  pod.status = { ...pod.status, conditions: [...others, scheduled] };
  return pod;
}
