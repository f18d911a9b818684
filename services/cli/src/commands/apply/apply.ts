import { isStatus } from '@t8s/meta';
import { all, type Located, objectsInFiles } from '../../resources/located.ts';
import { type AnyObject, getObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { Failure, Failures, withSource } from '../failure.ts';
import { lastApplied, withLastApplied } from '../last-applied.ts';
import { dryRunOf, Outcome, writeQuery } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag, validateFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { threeWay } from './three-way.ts';

export const applyVerb: VerbBody = {
  about:
    'The resource name must be specified. A resource that does not exist yet is created. Fields that were in the configuration applied last and are not in this one are removed; what others have set stays.',
  examples: `# Apply what a file says
kubectl apply -f ./pod.yaml

# Apply what stdin says
cat pod.yaml | kubectl apply -f -`,
  usage: '-f FILENAME',
  flags: [
    dryRunFlag,
    fieldManagerFlag('kubectl-client-side-apply'),
    ...fileFlags('that contains the configuration to apply'),
    {
      name: 'force-conflicts',
      type: 'boolean',
      default: false,
      help: 'If true, server-side apply will force the changes against conflicts.',
    },
    outputFlag,
    {
      name: 'overwrite',
      type: 'boolean',
      default: true,
      help: 'Automatically resolve conflicts between the modified and live configuration by using values from the modified configuration',
    },
    { name: 'server-side', type: 'boolean', default: false, help: 'If true, apply runs in the server instead of the client.' },
    validateFlag,
  ],
  run: apply,
};

/** How often an apply that lost a race against another writer is tried again. */
const maxTries = 5;

async function apply(invocation: Invocation): Promise<void> {
  const { session, args, flags, path } = invocation;
  if (args.length > 0) throw new Failure(`error: Unexpected args: [${args.join(' ')}]\nSee '${path} -h' for help and examples`);
  if (flags.list('filename').length === 0) throw new Failure('error: must specify one of -f and -k');
  const outcome = new Outcome(session.io, flags);
  const failures = new Failures();
  const wanted = await all(objectsInFiles(session, flags, failures));
  if (wanted.length === 0 && !failures.any) throw new Failure('error: no objects passed to apply');
  for (const located of wanted)
    await failures.attempt(async () => {
      const { object, operation } = flags.on('server-side')
        ? await applyOnServer(invocation, located)
        : await applyOne(invocation, located, outcome);
      outcome.tell({ object, resource: located.resource }, operation);
    });
  failures.throwAny();
}

interface Applied {
  object: AnyObject;
  operation: string;
}

async function applyOnServer({ session, flags }: Invocation, { object, resource, namespace }: Located): Promise<Applied> {
  const query = {
    ...writeQuery(flags),
    force: flags.on('force-conflicts'),
    fieldManager: flags.given('field-manager') ? flags.text('field-manager') : 'kubectl',
  };
  const place = pathOf(resource, { namespace, name: object.metadata.name });
  const { object: applied } = await write(session.client, 'PATCH', place, {
    query,
    body: object,
    contentType: 'application/apply-patch+yaml',
  });
  return { object: applied, operation: 'serverside-applied' };
}

async function applyOne({ session, flags }: Invocation, located: Located, outcome: Outcome): Promise<Applied> {
  const { object, resource, namespace, source } = located;
  const name = object.metadata.name ?? '';
  if (name === '') throw nameless(located);
  const modified = withLastApplied(object);
  const query = writeQuery(flags);
  for (let tries = 1; ; tries++) {
    const current = await currentOf(session, located);
    if (current === undefined) {
      if (dryRunOf(flags) === 'client') return { object: modified, operation: 'created' };
      try {
        const created = await write(session.client, 'POST', pathOf(resource, { namespace }), { query, body: modified });
        return { object: created.object, operation: 'created' };
      } catch (error) {
        throw withSource(error, 'creating', source);
      }
    }
    const original = lastApplied(current);
    if (original === undefined)
      outcome.warn([
        `resource ${resource.resource}/${name} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`,
      ]);
    const { patch, contentType } = threeWay(resource, { original: original === undefined ? {} : JSON.parse(original), modified, current });
    if (Object.keys(patch).length === 0) return { object: current, operation: 'unchanged' };
    if (dryRunOf(flags) === 'client') return { object: current, operation: 'configured' };
    if (current.metadata.deletionTimestamp) outcome.warn([`Detected changes to resource ${name} which is currently being deleted.`]);
    try {
      const patched = await write(session.client, 'PATCH', pathOf(resource, { namespace, name }), { query, body: patch, contentType });
      return { object: patched.object, operation: 'configured' };
    } catch (error) {
      if (isStatus(error, 'Conflict') && tries < maxTries) continue;
      throw withSource(error, 'applying patch', source);
    }
  }
}

/** An apply needs a name: generateName makes new objects only. */
const nameless = ({ resource: { group, version, resource, kind }, namespace = '', source }: Located): Failure =>
  new Failure(`error: error when retrieving current configuration of:
Resource: "${group}/${version}, Resource=${resource}", GroupVersionKind: "${group}/${version}, Kind=${kind}"
Name: "", Namespace: "${namespace}"
from server for: "${source}": resource name may not be empty`);

async function currentOf(session: Session, { object, resource, namespace, source }: Located): Promise<AnyObject | undefined> {
  try {
    return await getObject(session.client, resource, { namespace, name: object.metadata.name });
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw withSource(error, 'retrieving current configuration of', source);
  }
}
