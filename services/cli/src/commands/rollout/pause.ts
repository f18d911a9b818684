import { write } from '../../resources/requests.ts';
import { pathOf, resourceName } from '../../resources/resource.ts';
import { Failure } from '../failure.ts';
import { Outcome } from '../outcome.ts';
import { fieldManagerFlag, outputFlag } from '../shared-flags.ts';
import type { Flag, Invocation, Verb } from '../verb.ts';
import { eachRolledOut, rolloutFlags, type Workload } from './rolled.ts';

const flags: readonly Flag[] = [
  fieldManagerFlag('kubectl-rollout'),
  ...rolloutFlags('to get from a server.'),
  outputFlag,
  { name: 'dry-run', type: 'string', default: 'none', help: 'Must be "none".' },
];

export const pauseVerb: Verb = {
  name: 'pause',
  summary: 'Mark the provided resource as paused',
  about: 'A paused deployment is not rolled out until it is resumed.',
  examples: `# Changes of the deployment take no effect for now
kubectl rollout pause deployment/web`,
  usage: 'RESOURCE',
  flags,
  run: (invocation) => setPaused(invocation, true),
};

export const resumeVerb: Verb = {
  name: 'resume',
  summary: 'Resume a paused resource',
  examples: `# Roll out what changed while the deployment was paused
kubectl rollout resume deployment/web`,
  usage: 'RESOURCE',
  flags,
  run: (invocation) => setPaused(invocation, false),
};

async function setPaused(invocation: Invocation, paused: boolean): Promise<void> {
  const { session, flags } = invocation;
  const outcome = new Outcome(session.io, flags);
  await eachRolledOut(invocation, { keepsError: true }, async ({ object, resource, namespace }) => {
    const name = object.metadata.name ?? '';
    const verb = paused ? 'pausing' : 'resuming';
    if (resource.kind !== 'Deployment') throw new Failure(`error: ${resourceName(resource)} "${name}" ${verb} is not supported`);
    if (((object as unknown as Workload).spec?.paused ?? false) === paused)
      throw new Failure(`error: ${resourceName(resource)} "${name}" is ${paused ? 'already paused' : 'not paused'}`);
    const query = { fieldManager: flags.text('field-manager') };
    const body = { spec: { paused: paused ? true : null } };
    const result = await write(session.client, 'PATCH', pathOf(resource, { namespace, name }), {
      query,
      body,
      contentType: 'application/strategic-merge-patch+json',
    });
    outcome.tell({ object: result.object, resource }, paused ? 'paused' : 'resumed');
  });
}
