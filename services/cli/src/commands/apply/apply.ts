import { isStatus, parseLabelSelector } from '@t8s/meta';
import { all, type Located, objectsInFiles } from '../../resources/located.ts';
import { type AnyObject, getObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { withChangeCause } from '../change-cause.ts';
import { Failure, Failures, withSource } from '../failure.ts';
import { noKustomize } from '../kustomize/kustomize.ts';
import { lastApplied, withLastApplied } from '../last-applied.ts';
import { objectVersions } from '../object-versions.ts';
import { dryRunOf, Outcome, writeQuery } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag, recordFlag, selectorFlag, validateFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { setLastAppliedVerb, viewLastAppliedVerb } from './last-applied-verbs.ts';
import { mayPrune, prune } from './prune.ts';
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
    { name: 'all', type: 'boolean', default: false, help: 'Select all resources in the namespace of the specified resource types.' },
    {
      name: 'cascade',
      type: 'optional',
      default: 'background',
      implied: 'background',
      help: 'Must be "background", "orphan", or "foreground": what happens to dependents of what is pruned or made anew.',
    },
    dryRunFlag,
    fieldManagerFlag('kubectl-client-side-apply'),
    ...fileFlags('that contains the configuration to apply'),
    {
      name: 'force',
      type: 'boolean',
      default: false,
      help: 'If true, what can not be changed as it should is deleted and made anew.',
    },
    {
      name: 'force-conflicts',
      type: 'boolean',
      default: false,
      help: 'If true, server-side apply will force the changes against conflicts.',
    },
    { name: 'kustomize', short: 'k', type: 'string', help: 'Process a kustomization directory. Not built into this client.' },
    {
      name: 'openapi-patch',
      type: 'boolean',
      default: true,
      help: "Taken for the sake of scripts: this client knows the kinds' lists by itself.",
    },
    outputFlag,
    {
      name: 'prune',
      type: 'boolean',
      default: false,
      help: 'Automatically delete resource objects, that do not appear in the configs and are created by either apply or create --save-config.',
    },
    { name: 'prune-allowlist', type: 'texts', help: 'Overwrite the default allowlist with <group/version/kind> for --prune' },
    recordFlag,
    selectorFlag,
    {
      name: 'overwrite',
      type: 'boolean',
      default: true,
      help: 'Automatically resolve conflicts between the modified and live configuration by using values from the modified configuration',
    },
    { name: 'server-side', type: 'boolean', default: false, help: 'If true, apply runs in the server instead of the client.' },
    validateFlag,
    { name: 'wait', type: 'boolean', default: false, help: 'If true, wait for resources to be gone before returning.' },
  ],
  verbs: [setLastAppliedVerb, viewLastAppliedVerb],
  run: apply,
};

/** How often an apply that lost a race against another writer is tried again. */
const maxTries = 5;

async function apply(invocation: Invocation): Promise<void> {
  const { session, args, flags, path } = invocation;
  if (args.length > 0) throw new Failure(`error: Unexpected args: [${args.join(' ')}]\nSee '${path} -h' for help and examples`);
  if (flags.text('kustomize') !== '') throw noKustomize();
  if (flags.list('filename').length === 0) throw new Failure('error: must specify one of -f and -k');
  mayPrune(flags);
  if (flags.on('server-side') && dryRunOf(flags) === 'client')
    throw new Failure("error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  const outcome = new Outcome(session.io, flags);
  const failures = new Failures();
  const selector = parseLabelSelector(flags.text('selector'));
  const wanted = (await all(objectsInFiles(session, flags, failures))).filter(({ object }) => selector.matches(object.metadata.labels));
  if (wanted.length === 0 && !failures.any) throw new Failure('error: no objects passed to apply');
  for (const located of wanted)
    await failures.attempt(async () => {
      const { object, operation } = flags.on('server-side')
        ? await applyOnServer(invocation, located)
        : await applyOne(invocation, located, outcome);
      outcome.tell({ object, resource: located.resource }, operation);
    });
  if (flags.on('prune') && !failures.any) await prune(invocation, wanted, outcome);
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

async function applyOne(invocation: Invocation, located: Located, outcome: Outcome): Promise<Applied> {
  const { session, flags } = invocation;
  const { object, resource, namespace, source } = located;
  const name = object.metadata.name ?? '';
  if (name === '') throw nameless(located);
  const modified = withLastApplied(withChangeCause(object, invocation));
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
      if (flags.on('force') && isStatus(error, 'Conflict', 'Invalid', 'BadRequest') && dryRunOf(flags) === 'none')
        return { object: await makeAnew(invocation, located, modified), operation: 'configured' };
      throw withSource(error, 'applying patch', source);
    }
  }
}

/** The object goes, and comes again as it should be. */
async function makeAnew({ session, flags }: Invocation, { resource, namespace }: Located, modified: AnyObject): Promise<AnyObject> {
  const { name = '' } = modified.metadata;
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, propagationPolicy: 'Background' };
  await write(session.client, 'DELETE', pathOf(resource, { namespace, name }), { body });
  for await (const version of objectVersions(session, { resource, namespace, name }, session.io.signal)) if (version === undefined) break;
  return (await write(session.client, 'POST', pathOf(resource, { namespace }), { query: writeQuery(flags), body: modified })).object;
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
