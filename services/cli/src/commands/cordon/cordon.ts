/** `kubectl cordon` and `uncordon`: whether new pods may come to a node. */
import { type Located, objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure, Failures, usageFailure } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, selectorFlag } from '../shared-flags.ts';
import type { Flag, Invocation, VerbBody } from '../verb.ts';

export const nodeFlags: readonly Flag[] = [dryRunFlag, selectorFlag];

export const cordonVerb: VerbBody = {
  examples: '# New pods go to other nodes\nkubectl cordon foo',
  usage: 'NODE',
  flags: nodeFlags,
  run: async (invocation) => cordon(invocation, await nodesOf(invocation, 'cordon NODE [flags]'), true),
};

export const uncordonVerb: VerbBody = {
  examples: '# New pods may come again\nkubectl uncordon foo',
  usage: 'NODE',
  flags: nodeFlags,
  run: async (invocation) => cordon(invocation, await nodesOf(invocation, 'uncordon NODE [flags]'), false),
};

/** The nodes that arguments or a selector name. */
export async function nodesOf({ session, args, flags, path }: Invocation, usage: string): Promise<Located[]> {
  const selector = flags.text('selector');
  if (args.length > 0 && selector !== '') throw usageFailure(path, 'cannot specify both a node name and a --selector option');
  if (args.length === 0 && selector === '') throw usageFailure(path, `USAGE: ${usage}`);
  const named = args.length === 0 ? ['nodes'] : args.map((arg) => (arg.includes('/') ? arg : `nodes/${arg}`));
  const found = await objectsOnServer(session, named, flags);
  const other = found.find(({ resource }) => resource.kind !== 'Node');
  if (other) throw new Failure(`error: error: expected resource of type node, got ${other.resource.kind}`);
  return found;
}

export async function cordon({ session, flags }: Invocation, nodes: readonly Located[], wanted: boolean): Promise<void> {
  const outcome = new Outcome(session.io, flags);
  const word = wanted ? 'cordoned' : 'uncordoned';
  const failures = new Failures();
  for (const { object, resource } of nodes)
    await failures.attempt(async () => {
      const isSet = (object['spec'] as { unschedulable?: boolean } | undefined)?.unschedulable === true;
      if (isSet === wanted) return outcome.tell({ object, resource }, `already ${word}`);
      if (dryRunOf(flags) !== 'client') await setUnschedulable(object, wanted);
      outcome.tell({ object, resource }, word);
    });
  failures.throwAny();

  async function setUnschedulable({ metadata: { name } }: AnyObject, value: boolean): Promise<void> {
    const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined };
    const place = pathOf(await session.discovery.find('nodes'), { name });
    const body = { spec: { unschedulable: value || null } };
    await write(session.client, 'PATCH', place, { query, body, contentType: 'application/strategic-merge-patch+json' });
  }
}
