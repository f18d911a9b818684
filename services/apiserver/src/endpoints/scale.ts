/** The scale sub-resource (autoscaling/v1 Scale): the number of replicas, whatever the kind. */
import { ageColumn, defineKind, type Kind, nameColumn, type Scale, type ScaleAccess } from '@t8s/api';
import { decodeObject } from '@t8s/codec';
import { badRequest, cloneJson, formatApiVersion, invalid, invalidValue, type KubeObject, methodNotAllowed } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import { bodyFormat, mediaType, negotiate } from '../negotiation/media-types.ts';
import { objectRules } from '../write-chain.ts';
import { apply, applyType } from './apply.ts';
import { readBody } from './body.ts';
import { answerUnstored } from './present.ts';
import { checkPatchType, readPatch } from './read-patch.ts';
import type { Services } from './services.ts';
import { checkName, writeUpdate } from './update.ts';
import { checkFields, type FieldValidation, readWriteOptions } from './write-options.ts';

const scaleKind = defineKind<Scale>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  resource: 'scales',
  singular: 'scale',
  namespaced: true,
  schema: 'Scale',
  stored: false,
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'How many instances there are to be.', cell: ({ spec }) => spec?.replicas ?? 0 },
    { name: 'Available', type: 'integer', description: 'How many instances are seen.', cell: ({ status }) => status?.replicas ?? 0 },
    ageColumn,
  ],
  strategy: {},
});

export async function scale(context: ResourceContext, services: Services, access: ScaleAccess<KubeObject>): Promise<void> {
  const { info, resource, request } = context;
  negotiate(request.headers.accept);
  const shown = { ...context, resource: { ...resource, kind: scaleKind as Kind } };
  const answer = ({ object }: CachedObject): void => answerUnstored(shown, 200, toScale(object, access));
  if (info.verb === 'get') return answer(await services.objects.get(resource, info.namespace, info.name));
  if (info.verb !== 'update' && info.verb !== 'patch') throw methodNotAllowed();
  const isPatch = info.verb === 'patch';
  if (isPatch && mediaType(request.headers['content-type']) === applyType)
    return apply(context, services, objectRules(resource.kind), {
      configuration: (sent) => asApplied(context, sent as unknown as Scale, access),
      answer,
    });
  const options = readWriteOptions(context, isPatch ? 'PatchOptions' : 'UpdateOptions');
  const change = isPatch
    ? await readScalePatch(context, options.fieldValidation, services)
    : await readUpdate(context, options.fieldValidation);
  const cached = await writeUpdate({
    context,
    services,
    ...options,
    rules: objectRules(resource.kind),
    change(current) {
      const wanted = change(toScale(current, access));
      checkName(wanted, info.name);
      const replicas = wanted.spec?.replicas ?? 0;
      checkReplicas(info.name, replicas);
      const object = cloneJson(current);
      access.setReplicas(object, replicas);
      const { uid, resourceVersion = '' } = wanted.metadata;
      if (uid) object.metadata.uid = uid;
      object.metadata.resourceVersion = resourceVersion;
      return object;
    },
    view: (object, old) => ({
      operation: 'UPDATE',
      kind: scaleKind,
      object: toScale(object, access),
      old: toScale(old, access),
      accept(changed) {
        const replicas = (changed as Scale).spec?.replicas ?? 0;
        checkReplicas(info.name, replicas);
        access.setReplicas(object, replicas);
      },
    }),
  });
  answer(cached);
}

function checkReplicas(name: string, replicas: number): void {
  if (replicas < 0) throw invalid(scaleKind, name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]);
}

/** What applying a Scale means for the object: the number of replicas is all that its manager has a say in. */
function asApplied(
  { info, resource: { kind } }: ResourceContext,
  { metadata, spec }: Scale,
  access: ScaleAccess<KubeObject>,
): Record<string, unknown> {
  const configuration = { apiVersion: formatApiVersion(kind), kind: kind.kind, metadata: metadata ?? {}, spec: {} };
  if (spec?.replicas === undefined) return configuration;
  if (!Number.isInteger(spec.replicas)) throw badRequest('unable to decode the applied object as a Scale: spec.replicas is not a number');
  checkReplicas(info.name, spec.replicas);
  access.setReplicas(configuration, spec.replicas);
  return configuration;
}

function toScale(object: KubeObject, access: ScaleAccess<KubeObject>): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: formatApiVersion(scaleKind),
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: access.replicas(object) },
    status: { replicas: access.statusReplicas(object), selector: access.selector(object) },
  };
}

type Change = (current: Scale) => Scale;

async function readUpdate({ request, warnings }: ResourceContext, fieldValidation: FieldValidation): Promise<Change> {
  const decoded = decodeObject({
    bytes: await readBody(request),
    format: bodyFormat(request.headers['content-type']),
    expected: scaleKind,
    serves: () => true,
  });
  checkFields(decoded, { warnings, kind: scaleKind, fieldValidation });
  const wanted = decoded.object as unknown as Scale;
  return () => wanted;
}

async function readScalePatch(
  { request, warnings }: ResourceContext,
  fieldValidation: FieldValidation,
  { served: { serves } }: Services,
): Promise<Change> {
  const contentType = request.headers['content-type'];
  checkPatchType(contentType);
  const patch = readPatch({ contentType, bytes: await readBody(request), target: scaleKind, fieldValidation, serves });
  return (current) => {
    const patched = patch(current as unknown as Record<string, unknown>);
    warnings.push(...patched.warnings);
    return patched.object as unknown as Scale;
  };
}
