import { formatTime } from '@t8s/meta';
import { write } from '../../resources/requests.ts';
import { pathOf, resourceName } from '../../resources/resource.ts';
import { Failure } from '../failure.ts';
import { Outcome } from '../outcome.ts';
import { fieldManagerFlag, outputFlag } from '../shared-flags.ts';
import type { Invocation, Verb } from '../verb.ts';
import { revisioned } from './revisions.ts';
import { eachRolledOut, rolloutFlags, type Workload } from './rolled.ts';

export const restartVerb: Verb = {
  name: 'restart',
  summary: 'Restart a resource',
  about: 'The pods are replaced one after the other, as in a rollout.',
  examples: `# Restart a deployment
kubectl rollout restart deployment/web`,
  usage: 'RESOURCE',
  flags: [
    fieldManagerFlag('kubectl-rollout'),
    ...rolloutFlags('to get from a server.'),
    outputFlag,
    { name: 'dry-run', type: 'string', default: 'none', help: 'Must be "none".' },
  ],
  run: restart,
};

const restartedAt = 'kubectl.kubernetes.io/restartedAt';

async function restart(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const outcome = new Outcome(session.io, flags);
  await eachRolledOut(invocation, { keepsError: true }, async ({ object, resource, namespace }) => {
    const workload = object as unknown as Workload;
    if (!revisioned(resource)) throw new Failure(`error: ${resourceName(resource)} "${object.metadata.name}" restarting is not supported`);
    if (workload.spec?.paused)
      throw new Failure(
        `error: ${resourceName(resource)} "${object.metadata.name}" can't restart paused deployment (run rollout resume first)`,
      );
    const before = workload.spec?.template?.metadata?.annotations?.[restartedAt];
    if (before === formatTime(session.io.now()))
      throw new Failure(
        `error: failed to create patch for ${object.metadata.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
      );
    const annotations = { [restartedAt]: formatTime(session.io.now()) };
    const body = { spec: { template: { metadata: { annotations } } } };
    const place = pathOf(resource, { namespace, name: object.metadata.name });
    const query = { fieldManager: flags.text('field-manager') };
    const result = await write(session.client, 'PATCH', place, { query, body, contentType: 'application/strategic-merge-patch+json' });
    outcome.tell({ object: result.object, resource }, 'restarted');
  });
}
