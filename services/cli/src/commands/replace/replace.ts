import { isStatus } from '@t8s/meta';
import { type Located, objectsInFiles } from '../../resources/located.ts';
import { type AnyObject, getObject, write } from '../../resources/requests.ts';
import { kindName, pathOf } from '../../resources/resource.ts';
import { withChangeCause } from '../change-cause.ts';
import { Failure, Failures, usageFailure, withSource } from '../failure.ts';
import { withLastApplied } from '../last-applied.ts';
import { objectVersions, until } from '../object-versions.ts';
import { dryRunOf, Outcome, writeQuery } from '../outcome.ts';
import { rawFlag, requestRaw } from '../raw.ts';
import { deletionFlags, dryRunFlag, fieldManagerFlag, fileFlags, outputFlag, recordFlag, validateFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';

export const replaceVerb: VerbBody = {
  about: 'The whole specification must be given. With --force the object is deleted and made again.',
  examples: `# Replace a pod with what a file says
kubectl replace -f ./pod.json

# Delete it and make it again
kubectl replace --force -f ./pod.json`,
  usage: '-f FILENAME',
  flags: [
    ...deletionFlags,
    dryRunFlag,
    fieldManagerFlag('kubectl-replace'),
    ...fileFlags('to use to replace the resource.'),
    outputFlag,
    recordFlag,
    rawFlag('PUT'),
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'If true, the configuration of current object will be saved in its annotation, for a later apply.',
    },
    { name: 'subresource', type: 'string', help: 'If specified, replace will operate on the subresource of the requested object.' },
    { name: 'timeout', type: 'duration', default: '0s', help: 'The length of time to wait before giving up on a delete' },
    validateFlag,
    {
      name: 'wait',
      type: 'boolean',
      default: false,
      help: 'If true, wait for resources to be gone before returning. This waits for finalizers.',
    },
  ],
  run: replace,
};

async function replace(invocation: Invocation): Promise<void> {
  const { session, args, flags, path } = invocation;
  if (flags.list('filename').length === 0) throw new Failure('error: must specify one of -f and -k');
  if (args.length > 0) throw usageFailure(path, `Unexpected args: [${args.join(' ')}]`);
  if (flags.number('grace-period') >= 0 && !flags.on('force')) throw new Failure('error: --grace-period must have --force specified');
  if (flags.number('timeout') > 0 && !flags.on('force')) throw new Failure('error: --timeout must have --force specified');
  if (flags.on('force') && dryRunOf(flags) !== 'none') throw new Failure('error: --dry-run can not be used when --force is set');
  if (flags.text('raw') !== '') return requestRaw(invocation, 'PUT');
  const outcome = new Outcome(session.io, flags);
  const failures = new Failures();
  for await (const located of objectsInFiles(session, flags, failures))
    await failures.attempt(async () => {
      const recorded = withChangeCause(located.object, invocation);
      const body = flags.on('save-config') ? withLastApplied(recorded) : recorded;
      outcome.tell({ object: await replaceOne(invocation, { ...located, object: body }), resource: located.resource }, 'replaced');
    });
  failures.throwAny();
}

async function replaceOne(invocation: Invocation, located: Located): Promise<AnyObject> {
  const { session, flags } = invocation;
  const { object, resource, namespace, source } = located;
  if (dryRunOf(flags) === 'client') return object;
  const { name } = object.metadata;
  if (flags.on('force')) {
    await remove(invocation, located);
    return (await write(session.client, 'POST', pathOf(resource, { namespace }), { query: writeQuery(flags), body: object })).object;
  }
  const place = { namespace, name, subresource: flags.text('subresource') || undefined };
  try {
    const body = object.metadata.resourceVersion ? object : await withCurrentVersion(invocation, located, place);
    return (await write(session.client, 'PUT', pathOf(resource, place), { query: writeQuery(flags), body })).object;
  } catch (error) {
    throw withSource(error, 'replacing', source);
  }
}

/** Without a version of its own, the object takes the place of whatever is there. */
async function withCurrentVersion(
  { session }: Invocation,
  { object, resource }: Located,
  place: Parameters<typeof pathOf>[1],
): Promise<AnyObject> {
  try {
    const { resourceVersion } = (await getObject(session.client, resource, place)).metadata;
    return { ...object, metadata: { ...object.metadata, ...(resourceVersion !== undefined && { resourceVersion }) } };
  } catch (error) {
    if (isStatus(error, 'NotFound')) return object;
    throw error;
  }
}

const policies: Record<string, string> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

async function remove({ session, flags }: Invocation, { object, resource, namespace }: Located): Promise<void> {
  const { name = '' } = object.metadata;
  const seconds = flags.number('grace-period');
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: Math.max(0, seconds),
    propagationPolicy: policies[flags.text('cascade')] ?? 'Background',
  };
  try {
    await write(session.client, 'DELETE', pathOf(resource, { namespace, name }), { body });
  } catch (error) {
    if (isStatus(error, 'NotFound')) return;
    throw error;
  }
  session.io.out(`${kindName(resource)} "${name}" deleted\n`);
  const signal = until(session.io.signal, flags.number('timeout'));
  for await (const version of objectVersions(session, { resource, namespace, name }, signal)) if (version === undefined) return;
  throw new Failure('error: timed out waiting for the condition');
}
