import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { kinds } from '@t8s/api';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, DecodeError, parseYaml } from '@t8s/codec';
import { parseApiVersion } from '@t8s/meta';
import { localObjects, objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, getObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure, Failures } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, localFlag, outputFlag, recordFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';

const types: Record<string, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

export const patchVerb: VerbBody = {
  examples: `# Strategic merge patch
kubectl patch node node-0 -p '{"spec":{"unschedulable":true}}'

# JSON patch
kubectl patch pod web-1 --type=json -p='[{"op":"replace","path":"/spec/containers/0/image","value":"nginx:1.28"}]'`,
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  flags: [
    dryRunFlag,
    fieldManagerFlag('kubectl-patch'),
    ...fileFlags('identifying the resource to update'),
    outputFlag,
    recordFlag,
    localFlag,
    { name: 'patch', short: 'p', type: 'string', help: 'The patch to be applied to the resource JSON file.' },
    { name: 'patch-file', type: 'string', help: 'A file containing a patch to be applied to the resource.' },
    { name: 'subresource', type: 'string', help: 'If specified, patch will operate on the subresource of the requested object.' },
    { name: 'type', type: 'string', default: 'strategic', help: 'The type of patch being provided; one of [json merge strategic]' },
  ],
  run: patch,
};

async function patch(invocation: Invocation): Promise<void> {
  const { session, args, flags } = invocation;
  const contentType = types[flags.text('type')];
  const source = flags.text('patch-file') === '' ? flags.text('patch') : patchFile(flags.text('patch-file'));
  if (source === '') throw new Failure('error: must specify --patch or --patch-file containing the contents of the patch');
  if (contentType === undefined) throw new Failure(`error: --type must be one of [json merge strategic], not "${flags.text('type')}"`);
  const body = read(source);
  const outcome = new Outcome(session.io, flags, { tellsDryRun: false });
  const query = { dryRun: dryRunOf(flags) === 'none' ? undefined : 'All', fieldManager: flags.text('field-manager') };
  const failures = new Failures();
  if (flags.on('local')) return patchLocally(invocation, body);
  const found = await objectsOnServer(session, args, flags, { selects: false, failures });
  if (found.length === 0 && !failures.any) throw new Failure('error: no objects passed to patch');
  for (const { object, resource, namespace } of found)
    await failures.attempt(async () => {
      const subresource = flags.text('subresource') || undefined;
      const place = { namespace, name: object.metadata.name, subresource };
      const before = subresource === undefined ? object : await getObject(session.client, resource, place);
      const patched = await write(session.client, 'PATCH', pathOf(resource, place), { query, body, contentType });
      const { apiVersion, kind = resource.kind } = patched.object;
      const answered = { ...resource, kind, ...(apiVersion !== undefined && parseApiVersion(apiVersion)) };
      outcome.tell(
        { object: patched.object, resource: answered },
        isDeepStrictEqual(patched.object, before) ? 'patched (no change)' : 'patched',
      );
    });
  failures.throwAny();
}

function patchFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : String(error);
    throw new Failure(`error: unable to read patch file: open ${path}: ${why}`);
  }
}

async function patchLocally({ session, flags }: Invocation, body: unknown): Promise<void> {
  const failures = new Failures();
  const outcome = new Outcome(session.io, flags, { tellsDryRun: false });
  for await (const { object, resource } of localObjects(session, flags, failures)) {
    const parsed = typeof body === 'string' ? JSON.parse(body) : body;
    const kind = kinds.find((known) => known.kind === resource.kind && known.group === resource.group);
    const patched =
      flags.text('type') === 'json'
        ? applyJsonPatch(object, parsed)
        : flags.text('type') === 'merge' || !kind
          ? applyMergePatch(object, parsed)
          : applyStrategicMergePatch(object, parsed, kind.schema);
    outcome.tell({ object: patched as AnyObject, resource }, 'patched');
  }
  failures.throwAny();
}

/** JSON goes to the server as it stands, which says what is wrong with it. */
function read(text: string): unknown {
  if (text.trimStart().startsWith('{')) return text;
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof DecodeError) throw new Failure(`error: unable to parse ${JSON.stringify(text)}: ${error.message}`);
    throw error;
  }
}
