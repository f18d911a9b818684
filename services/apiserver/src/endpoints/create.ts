import { decodeObject } from '@t8s/codec';
import { alreadyExists, badRequest, generateNameConflict, isStatus, type KubeObject } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { bodyFormat } from '../negotiation/media-types.ts';
import { servesKind } from '../registry/served-resources.ts';
import { prepareWrite } from '../write-chain.ts';
import { readBody } from './body.ts';
import { randomSuffix } from './generate-name.ts';
import { answerCached, answerUnstored } from './present.ts';
import type { Services } from './services.ts';
import { checkFields, readWriteOptions } from './write-options.ts';

/** Tries to find a free name for a generateName (KEP-4420). */
const nameTries = 8;
/** Longest name a suffix is added to, so that the result stays a label. */
const maxBase = 63 - 5;

export async function create(context: ResourceContext, services: Services): Promise<void> {
  const options = readWriteOptions(context, 'CreateOptions');
  const { resource, info } = context;
  const { kind } = resource;
  const decoded = decodeObject({
    bytes: await readBody(context.request),
    format: bodyFormat(context.request.headers['content-type']),
    expected: kind,
    serves: servesKind,
  });
  checkFields(context, decoded);
  const object = decoded.object as unknown as KubeObject;
  object.metadata ??= {};
  placeIn(object, info.namespace, kind.namespaced);
  const { generateName, name } = object.metadata;
  for (let tries = 1; ; tries++) {
    const candidate = structuredClone(object);
    if (!name && generateName) candidate.metadata.name = generateName.slice(0, maxBase) + randomSuffix();
    try {
      return await createOne(context, services, candidate, options.dryRun);
    } catch (error) {
      if (name || !generateName || !isStatus(error, 'AlreadyExists')) throw error;
      if (tries === nameTries) throw generateNameConflict(kind, candidate.metadata.name ?? '', 1);
    }
  }
}

async function createOne(
  context: ResourceContext,
  { objects, plugins, hooks }: Services,
  object: KubeObject,
  dryRun: boolean,
): Promise<void> {
  const { resource } = context;
  const write = { context, resource, object, old: undefined, subresource: '', dryRun };
  await prepareWrite(write, plugins);
  const stored = resource.kind.alias?.toStorage(write.object) ?? write.object;
  const hook = hooks[resource.storage];
  const undo = await hook?.beforeWrite?.(stored, undefined, { dryRun });
  try {
    if (dryRun) {
      const key = objects.key(resource, stored.metadata.namespace ?? '', stored.metadata.name ?? '');
      if (objects.cache.resource(resource.storage).get(key)) throw alreadyExists(resource.kind, stored.metadata.name ?? '');
      return answerUnstored(context, 201, stored);
    }
    const cached = await objects.create(resource, stored);
    await hook?.afterWrite?.(cached.object, undefined);
    answerCached(context, 201, cached);
  } catch (error) {
    await undo?.();
    throw error;
  }
}

/** The namespace of the path counts; an object that names another one is refused. */
export function placeIn(object: KubeObject, namespace: string, namespaced: boolean): void {
  if (!namespaced) return;
  if (object.metadata.namespace && object.metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  object.metadata.namespace = namespace;
}
