/** `apply view-last-applied` and `set-last-applied`: the annotation that tells what was applied. */
import { compactJson, formatJsonAsIs, sortedKeys } from '../../printers/go-json.ts';
import { formatYaml } from '../../printers/go-yaml.ts';
import { objectsInFiles, objectsOnServer } from '../../resources/located.ts';
import { getObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure, Failures, usageFailure } from '../failure.ts';
import { lastApplied, lastAppliedAnnotation, withoutLastApplied } from '../last-applied.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fileFlags, outputFlag, selectorFlag } from '../shared-flags.ts';
import type { Invocation, Verb } from '../verb.ts';

export const viewLastAppliedVerb: Verb = {
  name: 'view-last-applied',
  summary: 'View the latest last-applied-configuration annotations of a resource/object',
  examples: '# What was applied\nkubectl apply view-last-applied deployment/nginx',
  usage: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  flags: [
    { name: 'all', type: 'boolean', default: false, help: 'Select all resources in the namespace of the specified resource types' },
    ...fileFlags('that contains the last-applied-configuration annotations'),
    { name: 'output', short: 'o', type: 'string', default: 'yaml', help: 'Output format. Must be one of (yaml, json)' },
    selectorFlag,
  ],
  run: view,
};

async function view({ session, args, flags, path }: Invocation): Promise<void> {
  const output = flags.text('output');
  if (output !== 'yaml' && output !== 'json')
    throw usageFailure(path, `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
  for (const { object } of await objectsOnServer(session, args, flags)) {
    const text = lastApplied(object);
    if (text === undefined) continue;
    const config = JSON.parse(text) as unknown;
    session.io.out(output === 'json' ? formatJsonAsIs(sortedKeys(config), 2) : formatYaml(config));
  }
}

export const setLastAppliedVerb: Verb = {
  name: 'set-last-applied',
  summary: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  examples: '# As though this file had been applied\nkubectl apply set-last-applied -f deploy.yaml',
  usage: '-f FILENAME',
  flags: [
    {
      name: 'create-annotation',
      type: 'boolean',
      default: false,
      help: "Will create 'last-applied-configuration' annotations if current objects doesn't have one",
    },
    dryRunFlag,
    ...fileFlags('that contains the last-applied-configuration annotations'),
    outputFlag,
  ],
  run: set,
};

async function set({ session, flags }: Invocation): Promise<void> {
  const outcome = new Outcome(session.io, flags);
  const failures = new Failures();
  let count = 0;
  for await (const { object, resource, namespace } of objectsInFiles(session, flags, failures)) {
    count++;
    await failures.attempt(async () => {
      const { name } = object.metadata;
      const place = { namespace, name };
      const current = await getObject(session.client, resource, place);
      if (lastApplied(current) === undefined && !flags.on('create-annotation'))
        throw new Failure(
          `error: no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
        );
      const { annotations = {} } = withoutLastApplied(object).metadata;
      const { annotations: _, ...metadata } = object.metadata;
      const text = `${compactJson({ ...object, metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) } })}\n`;
      const body = { metadata: { annotations: { [lastAppliedAnnotation]: text } } };
      const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined };
      const changed =
        dryRunOf(flags) === 'client' || lastApplied(current) === text
          ? current
          : (await write(session.client, 'PATCH', pathOf(resource, place), { query, body, contentType: 'application/merge-patch+json' }))
              .object;
      outcome.tell({ object: changed, resource }, 'configured');
    });
  }
  failures.throwAny();
  if (count === 0) throw new Failure('error: no objects passed to set-last-applied');
}
