import { lines } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import type { Io } from '../../io.ts';
import { nothingNamed, objectsInFiles } from '../../resources/located.ts';
import { getObject, listObjects, openWatch, write } from '../../resources/requests.ts';
import { kindName, pathOf, type Resource } from '../../resources/resource.ts';
import { parseTargets } from '../../resources/targets.ts';
import { Failure, Failures, withSource } from '../failure.ts';
import { dryRunOf } from '../outcome.ts';
import { rawFlag, requestRaw } from '../raw.ts';
import { deletionFlags, dryRunFlag, fileFlags, outputFlag, selectorFlag } from '../shared-flags.ts';
import type { Flags, Invocation, VerbBody } from '../verb.ts';

export const deleteVerb: VerbBody = {
  examples: `# Delete what a file describes
kubectl delete -f ./pod.yaml

# Delete by type and name
kubectl delete pod web-1 service/web

# Delete by label
kubectl delete pods,services -l app=web

# Delete all pods of the namespace
kubectl delete pods --all`,
  usage: '([-f FILENAME] | TYPE [(NAME | -l label | --all)])',
  flags: [
    { name: 'all', type: 'boolean', default: false, help: 'Delete all resources, in the namespace of the specified resource types.' },
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'boolean',
      default: false,
      help: 'If present, list the requested object(s) across all namespaces.',
    },
    ...deletionFlags,
    dryRunFlag,
    { name: 'field-selector', type: 'string', help: "Selector (field query) to filter on, supports '=', '==', and '!='." },
    ...fileFlags('containing the resource to delete.'),
    { name: 'ignore-not-found', type: 'boolean', default: false, help: 'Treat "resource not found" as a successful delete.' },
    {
      name: 'now',
      type: 'boolean',
      default: false,
      help: 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).',
    },
    outputFlag,
    rawFlag('DELETE'),
    selectorFlag,
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      help: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
    {
      name: 'wait',
      type: 'boolean',
      default: true,
      help: 'If true, wait for resources to be gone before returning. This waits for finalizers.',
    },
  ],
  run: remove,
};

interface Doomed {
  resource: Resource;
  namespace: string | undefined;
  name: string;
  source: string;
}

async function remove(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const { io, client } = session;
  const output = flags.text('output');
  if (output !== '' && output !== 'name') throw new Failure(`error: unexpected -o output mode: ${output}. We only support '-o name'`);
  if (flags.text('raw') !== '') return requestRaw(invocation, 'DELETE');
  const seconds = graceSeconds(flags);
  const policy = propagation(flags, io);
  const failures = new Failures();
  const gone: (Doomed & { uid: string | undefined })[] = [];
  if (flags.on('force') && seconds === 0)
    io.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
  let count = 0;
  for await (const one of doomedOf(invocation, failures)) {
    count++;
    const { resource, namespace, name, source } = one;
    try {
      const body = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...(seconds >= 0 && { gracePeriodSeconds: seconds }),
        propagationPolicy: policy,
      };
      const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined };
      const answer =
        dryRunOf(flags) === 'client' ? undefined : await write(client, 'DELETE', pathOf(resource, { namespace, name }), { body, query });
      const details = answer?.object.details as { uid?: string } | undefined;
      gone.push({ ...one, uid: details?.uid ?? answer?.object.metadata.uid });
      io.out(
        flags.text('output') === 'name'
          ? `${kindName(resource)}/${name}\n`
          : `${kindName(resource)} "${name}" ${flags.on('force') ? 'force deleted' : 'deleted'}${suffix(flags)}\n`,
      );
    } catch (error) {
      if (isStatus(error, 'NotFound') && flags.on('ignore-not-found')) continue;
      failures.add(withSource(error, 'deleting', source));
    }
  }
  if (count === 0 && !failures.any) io.out('No resources found\n');
  if (flags.on('wait') && dryRunOf(flags) === 'none' && !(flags.on('force') && seconds === 0))
    for (const one of gone) await untilGone(invocation, one);
  failures.throwAny();
}

const suffix = (flags: Flags): string => ({ none: '', client: ' (dry run)', server: ' (server dry run)' })[dryRunOf(flags)];

function graceSeconds(flags: Flags): number {
  const given = flags.number('grace-period');
  if (flags.on('now')) {
    if (given >= 0) throw new Failure('error: --now and --grace-period cannot be specified together');
    if (flags.on('force')) throw forced();
    return 1;
  }
  if (flags.on('force') && given < 0) return 0;
  if (given === 0 && !flags.on('force')) return flags.on('wait') ? 1 : 0;
  if (given > 0 && flags.on('force')) throw forced();
  return given;
}

const forced = (): Failure => new Failure('error: --force and --grace-period greater than 0 cannot be specified together');

function propagation(flags: Flags, io: Io): string {
  const cascade = flags.text('cascade');
  const word = { true: 'background', false: 'orphan' }[cascade];
  if (word !== undefined)
    io.err(`warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=${word}.\n`);
  const known: Record<string, string> = {
    background: 'Background',
    foreground: 'Foreground',
    orphan: 'Orphan',
    true: 'Background',
    false: 'Orphan',
  };
  const policy = known[flags.text('cascade')];
  if (policy === undefined)
    throw new Failure(`error: invalid cascade value (${flags.text('cascade')}). Must be "background", "foreground", or "orphan"`);
  return policy;
}

async function* doomedOf({ session, args, flags }: Invocation, failures: Failures): AsyncGenerator<Doomed> {
  if (flags.list('filename').length > 0) {
    for await (const { object, ...rest } of objectsInFiles(session, flags, failures)) yield { ...rest, name: object.metadata.name ?? '' };
    return;
  }
  const picking = { labelSelector: flags.text('selector'), fieldSelector: flags.text('field-selector') };
  const several = flags.on('all') || picking.labelSelector !== '' || picking.fieldSelector !== '';
  if (args.length === 0) throw new Failure(nothingNamed);
  const targets = await parseTargets(args, session.discovery);
  if (targets.some(({ name }) => name !== undefined) && several)
    throw new Failure('error: name cannot be provided when a selector is specified');
  if (!several && targets.some(({ name }) => name === undefined))
    throw new Failure('error: resource(s) were provided, but no name was specified');
  for (const { resource, name } of targets) {
    const namespace = resource.namespaced ? session.namespace : undefined;
    if (name !== undefined) yield { resource, namespace, name, source: '' };
    else {
      const { items } = await listObjects(session.client, resource, {
        namespace: flags.on('all-namespaces') ? undefined : namespace,
        ...picking,
      });
      for (const { metadata } of items) yield { resource, namespace: metadata.namespace, name: metadata.name ?? '', source: '' };
    }
  }
}

/** Waits until the object, not another of its name, is no more. */
async function untilGone(
  { session, flags }: Invocation,
  { resource, namespace, name, uid }: Doomed & { uid: string | undefined },
): Promise<void> {
  const { client, io } = session;
  const timeout = flags.number('timeout');
  const signal = timeout > 0 ? AbortSignal.any([io.signal, AbortSignal.timeout(timeout)]) : io.signal;
  for (;;) {
    try {
      const object = await getObject(client, resource, { namespace, name });
      if (uid !== undefined && object.metadata.uid !== uid) return;
      const query = {
        namespace,
        fieldSelector: `metadata.name=${name}`,
        resourceVersion: object.metadata.resourceVersion ?? '',
        signal,
        asTable: false,
      };
      for await (const line of lines(await openWatch(client, resource, query)))
        if ((JSON.parse(line) as { type: string }).type === 'DELETED') return;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return;
      if (signal.aborted && !io.signal.aborted)
        throw new Failure(`error: timed out waiting for the condition on ${resource.resource}/${name}`);
      if (!isStatus(error, 'Expired', 'Gone')) throw error;
    }
  }
}
