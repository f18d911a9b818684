/** `kubectl edit`: objects in an editor, and what was changed there sent as patches. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StatusError } from '@t8s/meta';
import { type Located, objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf, resourceName } from '../../resources/resource.ts';
import { Failure, failureText } from '../failure.ts';
import { withLastApplied } from '../last-applied.ts';
import { Outcome } from '../outcome.ts';
import { twoWay } from '../set/two-way.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag, validateFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { Draft, meaningOf, objectsIn } from './draft.ts';
import { openEditor } from './editor.ts';

export const editVerb: VerbBody = {
  about: 'The editor is that of KUBE_EDITOR or EDITOR, or vi. What is wrong with a change is shown in the file when it opens again.',
  examples: `# Edit the service named 'registry'
kubectl edit svc/registry

# With another editor
KUBE_EDITOR="nano" kubectl edit svc/registry

# As JSON
kubectl edit deployment/mydeployment -o json`,
  usage: '(RESOURCE/NAME | -f FILENAME)',
  flags: [
    { ...dryRunFlag, type: 'string', help: 'Must be "none".' },
    fieldManagerFlag('kubectl-edit'),
    ...fileFlags('to use to edit the resource'),
    { ...outputFlag, help: 'Output format. One of: (json, yaml).' },
    { name: 'output-patch', type: 'boolean', default: false, help: 'Output the patch if the resource is edited.' },
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'If true, the configuration of current object will be saved in its annotation, for a later apply.',
    },
    { name: 'show-managed-fields', type: 'boolean', default: false, help: 'If true, keep the managedFields when printing objects.' },
    { name: 'subresource', type: 'string', help: 'If specified, edit will operate on the subresource of the requested object.' },
    validateFlag,
  ],
  run: edit,
};

async function edit(invocation: Invocation): Promise<void> {
  const { session, args, flags } = invocation;
  const format = flags.text('output') || 'yaml';
  if (format !== 'yaml' && format !== 'json')
    throw new Failure(`error: unable to match a printer suitable for the output format "${format}", allowed formats are: json,yaml`);
  const found = await objectsOnServer(session, args, flags, { selects: false });
  const keeps = flags.on('show-managed-fields');
  const originals = found.map((located) => (keeps ? located : { ...located, object: withoutManagedFields(located.object) }));
  const dir = mkdtempSync(join(tmpdir(), 'kubectl-edit-'));
  try {
    await editUntilGood(invocation, { originals, draft: new Draft(join(dir, `kubectl-edit.${format}`), format) });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function withoutManagedFields(object: AnyObject): AnyObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

interface Editing {
  originals: readonly Located[];
  draft: Draft;
}

/** Opens the editor again for as long as the changes can't be made, and something is changed each time. */
async function editUntilGood(invocation: Invocation, { originals, draft }: Editing): Promise<void> {
  const { io } = invocation.session;
  let text = draft.begin(originals.map(({ object }) => object));
  let isRetry = false;
  for (;;) {
    await openEditor(draft.file, io);
    const edited = draft.read();
    if (meaningOf(edited) === meaningOf(text)) {
      if (isRetry) throw givenUp(invocation, draft, 'Edit cancelled, no valid changes were saved.');
      io.err('Edit cancelled, no changes made.\n');
      return;
    }
    const problems = await attempt(invocation, { originals, draft }, edited);
    if (problems === undefined) return;
    text = draft.reopen(edited, problems);
    isRetry = true;
  }
}

function givenUp({ session }: Invocation, draft: Draft, message: string): Failure {
  session.io.err(`A copy of your changes has been stored to ${JSON.stringify(draft.keep())}\n`);
  return new Failure(`error: ${message}`);
}

/** Sends the changes. What is to be mended in the editor is returned; what is beyond it is thrown. */
async function attempt(invocation: Invocation, { originals, draft }: Editing, edited: string): Promise<string[] | undefined> {
  const { session } = invocation;
  const [first] = originals;
  const whole = first ? `${resourceName(first.resource)} "${first.object.metadata.name}"` : '';
  const objects = objectsIn(edited);
  if (objects instanceof Error) {
    session.io.err(`error: ${whole} is invalid\n`);
    return [`${whole} was not valid:`, `* ${objects.message}`];
  }
  if (objects.length !== originals.length) throw givenUp(invocation, draft, 'The number of objects was changed');
  const problems: string[] = [];
  for (const [i, original] of originals.entries()) {
    const changed = objects[i];
    if (!changed || !isSame(changed, original.object))
      throw givenUp(invocation, draft, 'At least one of apiVersion, kind and name was changed');
    const failure = await save(invocation, original, changed);
    if (failure === undefined) continue;
    const what = `${resourceName(original.resource)} "${original.object.metadata.name}"`;
    if (failure.reason === 'Invalid') {
      session.io.err(`error: ${what} is invalid\n`);
      const causes = failure.status.details?.causes ?? [];
      problems.push(`${what} was not valid:`, ...causes.map(({ field, message }) => `* ${field}: ${message}`));
      continue;
    }
    const path = draft.keep();
    throw new Failure(
      `error: ${what} could not be patched: ${failure.message}\nYou can run \`${invocation.path.split(' ')[0]} replace -f ${path}\` to try this update again.`,
    );
  }
  return problems.length > 0 ? problems : undefined;
}

const isSame = (a: AnyObject, b: AnyObject): boolean =>
  a.apiVersion === b.apiVersion && a.kind === b.kind && a.metadata?.name === b.metadata.name;

async function save({ session, flags }: Invocation, original: Located, edited: AnyObject): Promise<StatusError | undefined> {
  const { resource, namespace, object } = original;
  const outcome = new Outcome(session.io, flags);
  const updated = flags.on('save-config') ? withLastApplied(edited) : edited;
  const { patch, contentType } = twoWay({ object, resource }, updated);
  if (Object.keys(patch).length === 0) {
    outcome.say({ object, resource }, 'skipped');
    return undefined;
  }
  const place = { namespace, name: object.metadata.name, subresource: flags.text('subresource') || undefined };
  const query = { fieldManager: flags.text('field-manager') };
  try {
    const result = await write(session.client, 'PATCH', pathOf(resource, place), { query, body: patch, contentType });
    if (flags.on('output-patch')) session.io.out(`Patch: ${JSON.stringify(patch)}\n`);
    outcome.say({ object: result.object, resource }, 'edited');
    return undefined;
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw new Failure(failureText(error));
  }
}
