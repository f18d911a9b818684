/** `kubectl diff`: what an apply would change, by the server's own word. */

import { ifFound, StatusError } from '@t8s/meta';
import { type Located, objectsInFiles } from '../../resources/located.ts';
import { type AnyObject, getObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { threeWay } from '../apply/three-way.ts';
import { Failure, Failures, failureText, withSource } from '../failure.ts';
import { lastApplied, withoutLastApplied } from '../last-applied.ts';
import { fieldManagerFlag, fileFlags, selectorFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { Comparison } from './comparison.ts';
import { masked } from './secrets.ts';

export const diffVerb: VerbBody = {
  about:
    'The program of KUBECTL_EXTERNAL_DIFF is run, or "diff -u -N". The exit code is 0 where nothing differs, 1 where something does, and higher where something went wrong.',
  examples: `# What would change
kubectl diff -f pod.json

# What stdin says
cat service.yaml | kubectl diff -f -`,
  usage: '-f FILENAME',
  flags: [
    {
      name: 'concurrency',
      type: 'number',
      default: 1,
      help: 'Number of objects to process in parallel when diffing against the live version.',
    },
    fieldManagerFlag('kubectl-client-side-apply'),
    ...fileFlags('contains the configuration to diff'),
    {
      name: 'force-conflicts',
      type: 'boolean',
      default: false,
      help: 'If true, server-side apply will force the changes against conflicts.',
    },
    selectorFlag,
    { name: 'server-side', type: 'boolean', default: false, help: 'If true, apply runs in the server instead of the client.' },
    { name: 'show-managed-fields', type: 'boolean', default: false, help: 'If true, include managed fields in the diff.' },
  ],
  run: async (invocation) => {
    if (await diff(invocation).catch(trouble)) throw new Failure('', 1);
  },
};

/** 1 is the exit code of a difference, what went wrong has a higher one. */
function trouble(error: unknown): never {
  throw new Failure(failureText(error), Math.max(2, error instanceof Failure ? error.exitCode : 2));
}

/** Whether anything differs. */
async function diff(invocation: Invocation): Promise<boolean> {
  const { session, flags } = invocation;
  if (flags.list('filename').length === 0) throw new Failure('error: must specify one of -f and -k');
  const comparison = new Comparison();
  try {
    const failures = new Failures();
    for await (const located of objectsInFiles(session, flags, failures))
      await failures.attempt(async () => {
        const live = await liveOf(invocation, located);
        const merged = await mergedOf(invocation, located, live);
        const versions = { live: shown(invocation, live), merged: shown(invocation, merged) };
        comparison.add(nameOf(located), located.resource.kind === 'Secret' ? masked(versions) : versions);
      });
    failures.throwAny();
    const code = await comparison.run(session.io);
    if (code > 1) throw new Failure(`error: exit status ${code}`, code);
    return code === 1;
  } finally {
    comparison.close();
  }
}

/** `apps.v1.Deployment.default.web` */
function nameOf({ resource, namespace = '', object }: Located): string {
  const { group, version, kind } = resource;
  return [...(group ? [group] : []), version, kind, namespace, object.metadata.name].join('.');
}

function liveOf({ session }: Invocation, { object, resource, namespace }: Located): Promise<AnyObject | undefined> {
  return ifFound(getObject(session.client, resource, { namespace, name: object.metadata.name }));
}

/** What the server says the object would be. */
async function mergedOf({ session, flags }: Invocation, located: Located, live: AnyObject | undefined): Promise<AnyObject> {
  const { object, resource, namespace, source } = located;
  const { name } = object.metadata;
  const place = pathOf(resource, { namespace, name });
  const query = { dryRun: 'All', fieldManager: flags.text('field-manager') };
  try {
    if (flags.on('server-side')) {
      const fieldManager = flags.given('field-manager') ? flags.text('field-manager') : 'kubectl';
      const applying = { query: { ...query, fieldManager, force: flags.on('force-conflicts') }, body: object };
      return (await write(session.client, 'PATCH', place, { ...applying, contentType: 'application/apply-patch+yaml' })).object;
    }
    if (!live) return (await write(session.client, 'POST', pathOf(resource, { namespace }), { query, body: object })).object;
    const original = lastApplied(live);
    const versions = { original: original === undefined ? {} : JSON.parse(original), modified: withoutLastApplied(object), current: live };
    const { patch, contentType } = threeWay(resource, versions);
    if (Object.keys(patch).length === 0) return live;
    return (await write(session.client, 'PATCH', place, { query, body: patch, contentType })).object;
  } catch (error) {
    throw live && error instanceof StatusError ? withSource(error, 'patching', source) : error;
  }
}

function shown({ flags }: Invocation, object: AnyObject | undefined): AnyObject | undefined {
  if (!object || flags.on('show-managed-fields')) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
