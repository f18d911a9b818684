import type { Eviction } from '@t8s/api';
import { decodeObject } from '@t8s/codec';
import { methodNotAllowed } from '@t8s/meta';
import type { ResourceContext } from '../../context.ts';
import { readBody } from '../../endpoints/body.ts';
import { deleteObject } from '../../endpoints/delete.ts';
import type { Services } from '../../endpoints/services.ts';
import { readWriteOptions } from '../../endpoints/write-options.ts';
import { answerObject } from '../../negotiation/answer.ts';
import { bodyFormat, negotiate } from '../../negotiation/media-types.ts';

const evictionKind = { group: 'policy', version: 'v1', kind: 'Eviction', schema: 'Eviction' };

/** POST pods/x/eviction: deletes the pod as a disruption. Budgets, which may forbid that, come with their kind. */
export async function evictPod(context: ResourceContext, services: Services): Promise<void> {
  const { info, resource, request } = context;
  if (info.verb !== 'create') throw methodNotAllowed();
  const { dryRun } = readWriteOptions(context, 'CreateOptions');
  const { object } = decodeObject({
    bytes: await readBody(request),
    format: bodyFormat(request.headers['content-type']),
    expected: evictionKind,
  });
  const { deleteOptions = {} } = object as unknown as Eviction;
  const { gracePeriodSeconds, preconditions } = deleteOptions;
  const options = {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(preconditions && { preconditions }),
    ...(dryRun && { dryRun: ['All'] }),
  };
  await deleteObject(resource, services, { namespace: info.namespace, name: info.name, options });
  answerObject(
    context,
    201,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    negotiate(request.headers.accept).format,
  );
}
