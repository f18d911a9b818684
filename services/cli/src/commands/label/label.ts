import { isLabelValue } from '@t8s/meta';
import { all, type Located, localObjects, objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { changeCause, changeCauseAnnotation } from '../change-cause.ts';
import { Failure, Failures } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import {
  allNamespacesFlag,
  dryRunFlag,
  fieldManagerFlag,
  fieldSelectorFlag,
  fileFlags,
  localFlag,
  outputFlag,
  recordFlag,
  selectorFlag,
} from '../shared-flags.ts';
import type { Flag, Flags, Invocation, VerbBody } from '../verb.ts';

const flagsOf = (what: string): Flag[] => [
  { name: 'all', type: 'boolean', default: false, help: 'Select all resources, in the namespace of the specified resource types' },
  dryRunFlag,
  fieldManagerFlag(`kubectl-${what === 'labels' ? 'label' : 'annotate'}`),
  ...fileFlags(`identifying the resource to update the ${what}`),
  { name: 'list', type: 'boolean', default: false, help: `If true, display the ${what} for a given resource.` },
  outputFlag,
  {
    name: 'overwrite',
    type: 'boolean',
    default: false,
    help: `If true, allow ${what} to be overwritten, otherwise reject updates that overwrite existing ${what}.`,
  },
  {
    name: 'resource-version',
    type: 'string',
    help: 'If non-empty, the update will only succeed if this is the current resource-version for the object.',
  },
  selectorFlag,
  allNamespacesFlag,
  fieldSelectorFlag,
  localFlag,
  recordFlag,
];

export const labelVerb: VerbBody = {
  examples: `# Set a label
kubectl label pods web-1 unhealthy=true

# Change one
kubectl label --overwrite pods web-1 status=unhealthy

# Remove one
kubectl label pods web-1 status-`,
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  flags: flagsOf('labels'),
  run: (invocation) => change(invocation, { field: 'labels', word: 'label', done: 'labeled' }),
};

export const annotateVerb: VerbBody = {
  examples: `# Set an annotation
kubectl annotate pods web-1 description='my frontend'

# Remove one
kubectl annotate pods web-1 description-`,
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  flags: flagsOf('annotations'),
  run: (invocation) => change(invocation, { field: 'annotations', word: 'annotation', done: 'annotated' }),
};

interface Changing {
  field: 'labels' | 'annotations';
  word: 'label' | 'annotation';
  done: string;
}

async function change(invocation: Invocation, changing: Changing): Promise<void> {
  const { session, args, flags } = invocation;
  const { field, word } = changing;
  const isPair = (arg: string): boolean => (arg.includes('=') && !arg.startsWith('=')) || (arg.endsWith('-') && arg !== '-');
  const first = args.findIndex(isPair);
  const named = first < 0 ? args : args.slice(0, first);
  const pairs = first < 0 ? [] : args.slice(first);
  const late = pairs.find((arg) => !isPair(arg));
  if (late !== undefined) throw new Failure(`error: all resources must be specified before ${word} changes: ${late}`);
  if (named.length === 0 && flags.list('filename').length === 0)
    throw new Failure('error: one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (pairs.length === 0 && !flags.on('list')) throw new Failure(`error: at least one ${word} update is required`);
  const changes = changesOf(pairs, changing);
  const cause = changeCause(invocation);
  const outcome = new Outcome(session.io, flags);
  const failures = new Failures();
  const isLocal = flags.on('local');
  const found = isLocal ? await all(localObjects(session, flags, failures)) : await objectsOnServer(session, named, flags, { failures });
  for (const located of found)
    await failures.attempt(async () => {
      const local = changedLocally(located.object, changes, { field, flags });
      if (isLocal) return outcome.tell({ object: local, resource: located.resource }, changing.done);
      if (!flags.on('list')) return changeOne({ session, flags, outcome }, { ...located, local, changes, changing, cause });
      const lines = Object.entries(local.metadata[field] ?? {}).map(([key, value]) => `${key}=${value}\n`);
      session.io.out(lines.sort().join(''));
    });
  failures.throwAny();
}

interface Changes {
  set: Record<string, string>;
  removed: string[];
}

/** The object as it will be. Fails where a value would be replaced and may not. */
function changedLocally(
  object: AnyObject,
  { set, removed }: Changes,
  { field, flags }: Pick<Changing, 'field'> & { flags: Flags },
): AnyObject {
  const old = object.metadata[field] ?? {};
  const taken = Object.keys(set).filter((key) => old[key] !== undefined && old[key] !== set[key]);
  if (taken.length > 0 && !flags.on('overwrite')) {
    const texts = taken.map((key) => `'${key}' already has a value (${old[key]})`);
    if (field === 'labels')
      throw new Failure(
        texts.length > 1
          ? texts.map((text) => `${text}, and --overwrite is false`).join('\n')
          : `error: ${texts[0]}, and --overwrite is false`,
      );
    throw new Failure(`error: --overwrite is false but found the following declared annotation(s): ${texts.join('; ')}`);
  }
  const next = Object.fromEntries(Object.entries({ ...old, ...set }).filter(([key]) => !removed.includes(key)));
  return { ...object, metadata: { ...object.metadata, [field]: next } };
}

interface One extends Located {
  local: AnyObject;
  changes: Changes;
  changing: Changing;
  /** The command, where it is to be recorded. */
  cause: string | undefined;
}

async function changeOne(
  { session, flags, outcome }: Pick<Invocation, 'session' | 'flags'> & { outcome: Outcome },
  { object, resource, namespace, local, changes: { set, removed }, changing: { field, done }, cause }: One,
): Promise<void> {
  const old = object.metadata[field] ?? {};
  for (const key of removed) if (old[key] === undefined && field === 'labels') session.io.out(`label "${key}" not found.\n`);
  const changed = Object.fromEntries([
    ...Object.entries(set).filter(([key, value]) => old[key] !== value),
    ...removed.filter((key) => old[key] !== undefined).map((key) => [key, null]),
  ]);
  const noChange = Object.keys(changed).length === 0;
  const version = flags.text('resource-version');
  const recorded = cause === undefined ? {} : { annotations: { [changeCauseAnnotation]: cause, ...(field === 'annotations' && changed) } };
  const body = { metadata: { [field]: changed, ...recorded, ...(version !== '' && { resourceVersion: version }) } };
  const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined, fieldManager: flags.text('field-manager') };
  const sends = dryRunOf(flags) !== 'client' && !(noChange && cause === undefined);
  const place = pathOf(resource, { namespace, name: object.metadata.name });
  const result = sends
    ? (await write(session.client, 'PATCH', place, { query, body, contentType: 'application/merge-patch+json' })).object
    : local;
  const shorter = !flags.on('overwrite') && JSON.stringify(local.metadata[field]).length < JSON.stringify(old).length;
  outcome.tell({ object: result, resource }, field === 'annotations' ? done : noChange ? 'not labeled' : shorter ? 'unlabeled' : done);
}

function changesOf(pairs: readonly string[], { field, word }: Changing): Changes {
  const set: Record<string, string> = {};
  const removed: string[] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 0) {
      removed.push(pair.slice(0, -1));
      continue;
    }
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (field === 'labels' && value.includes('=')) throw new Failure(`error: invalid label spec: ${pair}`);
    const wrong = field === 'labels' ? isLabelValue(value) : [];
    if (wrong.length > 0) throw new Failure(`error: invalid label value: ${JSON.stringify(pair)}: ${wrong.join(';')}`);
    set[key] = value;
  }
  const both = removed.filter((key) => set[key] !== undefined);
  if (both.length > 0)
    throw new Failure(
      field === 'labels'
        ? `error: can not both modify and remove a ${word} in the same command`
        : `error: can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  return { set, removed };
}
