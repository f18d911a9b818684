import { isLabelValue, isQualifiedName } from '@t8s/meta';
import { objectsOnServer } from '../../resources/located.ts';
import { write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag, selectorFlag } from '../shared-flags.ts';
import type { Flag, Invocation, Verb } from '../verb.ts';

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
];

export const labelVerb: Verb = {
  name: 'label',
  summary: 'Update the labels on a resource',
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

export const annotateVerb: Verb = {
  name: 'annotate',
  summary: 'Update the annotations on a resource',
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

async function change({ session, args, flags }: Invocation, { field, word, done }: Changing): Promise<void> {
  const isPair = (arg: string): boolean => arg.includes('=') || arg.endsWith('-');
  const first = args.findIndex(isPair);
  const named = first < 0 ? args : args.slice(0, first);
  const pairs = first < 0 ? [] : args.slice(first);
  if (named.length === 0 && flags.list('filename').length === 0)
    throw new Failure('error: one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (pairs.length === 0 && !flags.on('list')) throw new Failure(`error: at least one ${word} update is required`);
  const { set, removed } = changesOf(pairs, word);
  const outcome = new Outcome(session.io, flags);
  for (const { object, resource, namespace } of await objectsOnServer(session, named, flags)) {
    const old = object.metadata[field] ?? {};
    if (flags.on('list')) {
      session.io.out(
        Object.entries(old)
          .map(([key, value]) => `${key}=${value}\n`)
          .sort()
          .join(''),
      );
      continue;
    }
    const taken = Object.keys(set).find((key) => old[key] !== undefined && old[key] !== set[key]);
    if (taken !== undefined && !flags.on('overwrite')) {
      if (field === 'labels') throw new Failure(`error: '${taken}' already has a value (${old[taken]}), and --overwrite is false`);
      throw new Failure(
        `error: --overwrite is false but found the following declared annotation(s): '${taken}' already has a value (${old[taken]})`,
      );
    }
    for (const key of removed) if (old[key] === undefined) session.io.out(field === 'labels' ? `label "${key}" not found.\n` : '');
    const changed = Object.fromEntries([
      ...Object.entries(set).filter(([key, value]) => old[key] !== value),
      ...removed.filter((key) => old[key] !== undefined).map((key) => [key, null]),
    ]);
    const noChange = Object.keys(changed).length === 0;
    const version = flags.text('resource-version');
    const body = { metadata: { [field]: changed, ...(version !== '' && { resourceVersion: version }) } };
    const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined, fieldManager: flags.text('field-manager') };
    const next = Object.fromEntries(Object.entries({ ...old, ...changed }).filter(([, value]) => value !== null));
    const local = { ...object, metadata: { ...object.metadata, [field]: next } };
    const sends = dryRunOf(flags) !== 'client' && !noChange;
    const place = pathOf(resource, { namespace, name: object.metadata.name });
    const result = sends
      ? (await write(session.client, 'PATCH', place, { query, body, contentType: 'application/merge-patch+json' })).object
      : local;
    const shorter = !flags.on('overwrite') && JSON.stringify(next).length < JSON.stringify(old).length;
    outcome.tell({ object: result, resource }, field === 'annotations' ? done : noChange ? 'not labeled' : shorter ? 'unlabeled' : done);
  }
}

function changesOf(pairs: readonly string[], word: string): { set: Record<string, string>; removed: string[] } {
  const set: Record<string, string> = {};
  const removed: string[] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 0) {
      if (!pair.endsWith('-')) throw new Failure(`error: unknown ${word} spec: ${pair}`);
      removed.push(pair.slice(0, -1));
      continue;
    }
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const [wrong] = [...isQualifiedName(word === 'label' ? key : key.toLowerCase()), ...(word === 'label' ? isLabelValue(value) : [])];
    if (wrong !== undefined)
      throw new Failure(word === 'label' ? `error: invalid label value: "${pair}": ${wrong}` : `error: invalid annotation key: ${wrong}`);
    set[key] = value;
  }
  const both = removed.filter((key) => set[key] !== undefined);
  if (both.length > 0) throw new Failure(`error: cannot modify and remove the same ${word}(s): ${both.join(', ')}`);
  return { set, removed };
}
