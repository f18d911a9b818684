import { isStatus, type KubeObject } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { answerObject } from '../negotiation/answer.ts';
import { negotiate } from '../negotiation/media-types.ts';
import { shownOne } from '../registry/stored-form.ts';
import { type DeleteOptions, readDeleteOptions } from './delete-options.ts';
import { deleteObject } from './deletion.ts';
import { answerPage, readPage } from './list.ts';
import { answerCached } from './present.ts';
import type { Services } from './services.ts';

export async function remove(context: ResourceContext, services: Services): Promise<void> {
  const { resource, info, request } = context;
  const { format } = negotiate(request.headers.accept);
  const options = await readDeleteOptions(context);
  const { gone, cached } = await deleteObject(resource, services, { namespace: info.namespace, name: info.name, options, context });
  const code = !gone && isCascade(options) ? 202 : 200;
  if (!gone || resource.kind.strategy.returnsDeleted) return answerCached(context, code, await shownOne(resource.form, cached));
  answerObject(context, code, success(context, cached.object), format);
}

/** Dependents go first, as the client asked: the answer says that this goes on. */
const isCascade = ({ propagationPolicy, orphanDependents }: DeleteOptions): boolean =>
  propagationPolicy === 'Foreground' || orphanDependents === false;

function success({ resource: { kind }, info }: ResourceContext, { metadata: { uid } }: KubeObject): object {
  const details = { name: info.name, ...(kind.group !== '' && { group: kind.group }), kind: kind.resource, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Objects deleted at once: each is a trip to the store. */
const parallel = 16;

/** Deletes what a list with the same selectors shows, and answers with that list. */
export async function removeCollection(context: ResourceContext, services: Services): Promise<void> {
  const { resource, request } = context;
  negotiate(request.headers.accept);
  const options = await readDeleteOptions(context);
  const page = await readPage(context, services.objects);
  const queue = [...page.items];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { namespace = '', name = '', uid } = next.object.metadata;
      const preconditions = { ...(uid && { uid }), ...options.preconditions };
      try {
        await deleteObject(resource, services, { namespace, name, options: { ...options, preconditions }, context });
      } catch (error) {
        // Gone already, or another object has its name: what was selected is no more.
        const isReplaced = isStatus(error, 'Conflict') && options.preconditions === undefined;
        if (!isStatus(error, 'NotFound') && !isReplaced) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, queue.length) }, work));
  answerPage(context, page);
}
