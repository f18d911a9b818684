import type { Namespace } from '@t8s/api';
import { decodeObject } from '@t8s/codec';
import { methodNotAllowed } from '@t8s/meta';
import type { ResourceContext } from '../../context.ts';
import { readBody } from '../../endpoints/body.ts';
import { finishDeletion } from '../../endpoints/delete.ts';
import { answerCached } from '../../endpoints/present.ts';
import type { Services } from '../../endpoints/services.ts';
import { bodyFormat } from '../../negotiation/media-types.ts';

/** PUT namespaces/x/finalize: sets `spec.finalizers`, and nothing else. */
export async function finalizeNamespace(context: ResourceContext, services: Services): Promise<void> {
  const { info, resource, request } = context;
  if (info.verb !== 'update') throw methodNotAllowed();
  const { object } = decodeObject({
    bytes: await readBody(request),
    format: bodyFormat(request.headers['content-type']),
    expected: resource.kind,
  });
  const finalizers = (object as unknown as Namespace).spec?.finalizers ?? [];
  const cached = await services.objects.update(resource, { namespace: '', name: info.name }, async (current) => {
    const next = structuredClone(current) as Namespace;
    next.spec = { ...next.spec, finalizers: [...finalizers] };
    if (finalizers.length === 0) delete next.spec.finalizers;
    return next;
  });
  await finishDeletion(resource, services, cached);
  answerCached(context, 200, cached);
}
