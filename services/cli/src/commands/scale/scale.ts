import { isStatus } from '@t8s/meta';
import { objectsOnServer } from '../../resources/located.ts';
import { getObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { changeCause, changeCauseAnnotation } from '../change-cause.ts';
import { Failure } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fileFlags, outputFlag, recordFlag, selectorFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';

export const scaleVerb: VerbBody = {
  examples: `# Three replicas
kubectl scale --replicas=3 deployment/web

# Only if there are two now
kubectl scale --current-replicas=2 --replicas=3 deployment/web`,
  usage: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  flags: [
    { name: 'all', type: 'boolean', default: false, help: 'Select all resources in the namespace of the specified resource types' },
    {
      name: 'current-replicas',
      type: 'number',
      default: -1,
      help: 'Precondition for current size. Requires that the current size of the resource match this value in order to scale.',
    },
    dryRunFlag,
    ...fileFlags('identifying the resource to set a new size'),
    outputFlag,
    recordFlag,
    { name: 'replicas', type: 'number', required: true, help: 'The new desired number of replicas. Required.' },
    { name: 'resource-version', type: 'string', help: 'Precondition for resource version.' },
    selectorFlag,
  ],
  run: scale,
};

async function scale(invocation: Invocation): Promise<void> {
  const { session, args, flags } = invocation;
  const { client } = session;
  const replicas = flags.number('replicas');
  if (replicas < 0) throw new Failure('error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  const outcome = new Outcome(session.io, flags);
  const found = await objectsOnServer(session, args, flags).catch((error: unknown) => {
    throw isStatus(error, 'NotFound') ? new Failure(`error: no objects passed to scale ${error.message}`) : error;
  });
  if (found.length === 0) throw new Failure('error: no objects passed to scale');
  for (const { object, resource, namespace } of found) {
    const place = pathOf(resource, { namespace, name: object.metadata.name, subresource: 'scale' });
    const expected = flags.number('current-replicas');
    const version = flags.text('resource-version');
    if (dryRunOf(flags) !== 'client') {
      const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined };
      if (expected >= 0 || version !== '') {
        const current = await getObject(client, resource, { namespace, name: object.metadata.name, subresource: 'scale' });
        const size = (current.spec as { replicas?: number } | undefined)?.replicas ?? 0;
        if (expected >= 0 && size !== expected) throw new Failure(`error: Expected replicas to be ${expected}, was ${size}`);
        if (version !== '' && current.metadata.resourceVersion !== version)
          throw new Failure(`error: Expected resource version to be ${version}, was ${current.metadata.resourceVersion}`);
        await write(client, 'PUT', place, { query, body: { ...current, spec: { replicas } } });
      } else {
        await write(client, 'PATCH', place, { query, body: { spec: { replicas } }, contentType: 'application/merge-patch+json' });
      }
    }
    const cause = changeCause(invocation);
    if (cause !== undefined && dryRunOf(flags) !== 'client') {
      const body = { metadata: { annotations: { [changeCauseAnnotation]: cause } } };
      const itself = pathOf(resource, { namespace, name: object.metadata.name });
      await write(client, 'PATCH', itself, { body, contentType: 'application/merge-patch+json' });
    }
    outcome.tell({ object, resource }, 'scaled');
  }
}
