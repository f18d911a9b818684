import { decodeObject } from '@t8s/codec';
import { badRequest, cloneJson, generateNameConflict, isStatus, type KubeObject, unclassified } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { lightenTooLarge } from '../field-management.ts';
import { bodyFormat, negotiate } from '../negotiation/media-types.ts';
import { shownOne } from '../registry/stored-form.ts';
import { giveBack, objectRules, prepareWrite, type Write } from '../write-chain.ts';
import { readBody } from './body.ts';
import { answerCached, answerUnstored } from './present.ts';
import type { Services } from './services.ts';
import { checkFields, readWriteOptions, type WriteOptions } from './write-options.ts';

/** Tries to find a free name for a generateName (KEP-4420). */
const nameTries = 8;

export async function create(context: ResourceContext, services: Services): Promise<void> {
  const options = readWriteOptions(context, 'CreateOptions');
  const { resource, info } = context;
  const { kind } = resource;
  negotiate(context.request.headers.accept);
  const decoded = decodeObject({
    bytes: await readBody(context.request),
    format: bodyFormat(context.request.headers['content-type'], kind.schema),
    expected: kind,
    serves: services.served.serves,
  });
  checkFields(decoded, { warnings: context.warnings, kind, fieldValidation: options.fieldValidation });
  const object = decoded.object as unknown as KubeObject;
  object.metadata ??= {};
  placeIn(object, info.namespace, kind.namespaced);
  const { generateName, name } = object.metadata;
  for (let tries = 1; ; tries++) {
    try {
      // Each try is given a name of its own on the way.
      return await createOne(context, services, name ? object : cloneJson(object), options);
    } catch (error) {
      if (name || !generateName || !isStatus(error, 'AlreadyExists')) throw error;
      if (tries === nameTries) throw generateNameConflict(kind, error.status.details?.name ?? '', 1);
    }
  }
}

/** Takes one object all the way into the store and answers with it. */
export async function createOne(
  context: ResourceContext,
  services: Services,
  object: KubeObject,
  { dryRun, management }: WriteOptions,
): Promise<void> {
  const { objects, plugins, hooks } = services;
  const { resource } = context;
  if (Number(object.metadata.resourceVersion) > 0) throw unclassified('resourceVersion should not be set on objects to be created');
  const claims: Write['claims'] = [];
  const rules = objectRules(resource.kind);
  const write: Write = { context, resource, object, old: undefined, subresource: '', rules, management, dryRun, claims };
  try {
    await prepareWrite(write, plugins);
    const stored = (await resource.form?.stored(write.object)) ?? resource.kind.alias?.toStorage(write.object) ?? write.object;
    const hook = hooks[resource.storage];
    const undo = await hook?.beforeWrite?.(stored, undefined, { dryRun });
    if (undo) claims.push(undo);
    if (dryRun) {
      await objects.requireAbsent(resource, stored);
      return answerUnstored(context, 201, resource.form ? write.object : stored);
    }
    const cached = await lightenTooLarge(management, (isLight) => {
      if (isLight) delete stored.metadata.managedFields;
      return objects.create(resource, stored);
    });
    claims.length = 0;
    await hook?.afterWrite?.(cached.object, undefined);
    answerCached(context, 201, await shownOne(resource.form, cached));
  } catch (error) {
    await giveBack(claims, error);
    throw error;
  }
}

/** The namespace of the path counts; an object that names another one is refused, one that has none forgets it. */
export function placeIn(object: KubeObject, namespace: string, namespaced: boolean): void {
  if (!namespaced) {
    delete object.metadata.namespace;
    return;
  }
  if (object.metadata.namespace && object.metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  object.metadata.namespace = namespace;
}
