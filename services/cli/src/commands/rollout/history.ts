import { Columns } from '../../printers/columns.ts';
import { kindName } from '../../resources/resource.ts';
import { describePodTemplate } from '../describe/pod-template.ts';
import { Failure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';
import { changeCause, revisionsOf } from './revisions.ts';
import { eachRolledOut, rolloutFlags } from './rolled.ts';

export const historyVerb: Verb = {
  name: 'history',
  summary: 'View rollout history',
  examples: `# The revisions of a deployment
kubectl rollout history deployment/web

# What revision 3 was
kubectl rollout history deployment/web --revision=3`,
  usage: '(TYPE NAME | TYPE/NAME) [flags]',
  flags: [
    ...rolloutFlags('to get from a server.'),
    { name: 'revision', type: 'number', default: 0, help: 'See the details, including podTemplate of the revision specified' },
  ],
  run: history,
};

async function history(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const wanted = flags.number('revision');
  if (wanted < 0) throw new Failure(`error: revision must be a positive integer: ${wanted}`);
  await eachRolledOut(invocation, { mayBeNone: true }, async (located) => {
    const revisions = await revisionsOf(session, located);
    const name = `${kindName(located.resource)}/${located.object.metadata.name}`;
    if (wanted > 0 && revisions.length === 0) {
      session.io.out(`${name} with revision #${wanted}\nNo rollout history found.\n`);
      return;
    }
    if (wanted > 0) {
      const revision = revisions.find(({ number }) => number === wanted);
      if (!revision) throw new Failure('error: unable to find the specified revision');
      const cause = located.resource.kind === 'Deployment' ? revision.annotations['kubernetes.io/change-cause'] : undefined;
      const template =
        cause === undefined
          ? revision.template
          : {
              ...revision.template,
              metadata: {
                ...revision.template.metadata,
                annotations: { 'kubernetes.io/change-cause': cause, ...revision.template.metadata?.annotations },
              },
            };
      session.io.out(`${name} with revision #${wanted}\n${describePodTemplate(template)}\n`);
      return;
    }
    const rows =
      revisions.length === 0
        ? 'No rollout history found.'
        : new Columns({ minWidth: 0, padding: 2 }).format([
            ['REVISION', 'CHANGE-CAUSE'],
            ...revisions.map((revision) => [String(revision.number), changeCause(revision)]),
          ]);
    session.io.out(`${name} \n${rows}\n`);
  });
}
