import type { PodTemplateSpec } from '@t8s/api';
import { semanticEqual } from '@t8s/api';
import type { Located } from '../../resources/located.ts';
import { write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { Failure } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, outputFlag } from '../shared-flags.ts';
import type { Invocation, Verb } from '../verb.ts';
import { mustBeRevisioned, type Revision, revisionsOf, withoutHash } from './revisions.ts';
import { eachRolledOut, rolloutFlags, type Workload } from './rolled.ts';

export const undoVerb: Verb = {
  name: 'undo',
  summary: 'Undo a previous rollout',
  examples: `# Back to the revision before
kubectl rollout undo deployment/web

# Back to revision 3
kubectl rollout undo deployment/web --to-revision=3`,
  usage: '(TYPE NAME | TYPE/NAME) [flags]',
  flags: [
    dryRunFlag,
    ...rolloutFlags('to get from a server.'),
    outputFlag,
    { name: 'to-revision', type: 'number', default: 0, help: 'The revision to rollback to. Default to 0 (last revision).' },
  ],
  run: undo,
};

async function undo(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const outcome = new Outcome(session.io, flags);
  await eachRolledOut(invocation, { mayBeNone: true }, async (located) => {
    const { object, resource, namespace } = located;
    const workload = object as unknown as Workload;
    mustBeRevisioned(resource, 'rollbacker', 'rollbacker');
    const target = await targetOf(session, located, flags.number('to-revision'));
    const template = withoutHash(target.template);
    if (workload.spec?.paused)
      throw new Failure(
        `error: you cannot rollback a paused ${resource.singular}; resume it first with '${invocation.path.split(' ')[0]} rollout resume' and try again`,
      );
    if (semanticEqual(template, workload.spec?.template)) {
      outcome.tell({ object, resource }, `skipped rollback (current template already matches revision ${target.number})`);
      return;
    }
    const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined };
    const place = pathOf(resource, { namespace, name: object.metadata.name });
    const { body, contentType } =
      resource.kind === 'Deployment' ? deploymentPatch(object.metadata.annotations ?? {}, template, target) : templatePatch(template);
    const result =
      dryRunOf(flags) === 'client' ? object : (await write(session.client, 'PATCH', place, { query, body, contentType })).object;
    outcome.tell({ object: result, resource }, 'rolled back');
  });
}

async function targetOf(session: Session, located: Located, wanted: number): Promise<Revision> {
  const revisions = await revisionsOf(session, located);
  const target = wanted > 0 ? revisions.find(({ number }) => number === wanted) : revisions.at(-2);
  if (target) return target;
  if (wanted > 0) throw new Failure(`error: unable to find specified revision ${wanted} in history`);
  const { kind } = located.resource;
  throw new Failure(
    kind === 'Deployment'
      ? `error: no rollout history found for deployment "${located.object.metadata.name}"`
      : 'error: no last revision to roll back to',
  );
}

/** Annotations that stay the deployment's own; the others come back with the template. */
const own = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

function deploymentPatch(
  current: Record<string, string>,
  template: PodTemplateSpec,
  { annotations }: Revision,
): { body: unknown; contentType: string } {
  const kept = Object.fromEntries(Object.entries(current).filter(([key]) => own.includes(key)));
  const back = Object.fromEntries(Object.entries(annotations).filter(([key]) => !own.includes(key)));
  return {
    contentType: 'application/json-patch+json',
    body: [
      { op: 'replace', path: '/spec/template', value: template },
      { op: Object.keys(current).length > 0 ? 'replace' : 'add', path: '/metadata/annotations', value: { ...kept, ...back } },
    ],
  };
}

/** Replaces the whole template, as the revision's own data would. */
const templatePatch = (template: PodTemplateSpec): { body: unknown; contentType: string } => ({
  contentType: 'application/strategic-merge-patch+json',
  body: { spec: { template: { ...template, $patch: 'replace' } } },
});
