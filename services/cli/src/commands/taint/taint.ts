import { isLabelValue, isQualifiedName } from '@t8s/meta';
import { type Located, objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure, Failures, usageFailure } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { twoWay } from '../set/two-way.ts';
import { dryRunFlag, fieldManagerFlag, outputFlag, selectorFlag, validateFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';

export const taintVerb: VerbBody = {
  about:
    'A taint is a key, a value and an effect: NoSchedule, PreferNoSchedule or NoExecute. Pods without a toleration for it stay away, or leave.',
  examples: `# Keep pods that do not tolerate it off a node
kubectl taint nodes foo dedicated=special-user:NoSchedule

# Remove that taint
kubectl taint nodes foo dedicated:NoSchedule-

# Remove all taints with that key
kubectl taint nodes foo dedicated-`,
  usage: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  flags: [
    { name: 'all', type: 'boolean', default: false, help: 'Select all nodes in the cluster' },
    dryRunFlag,
    fieldManagerFlag('kubectl-taint'),
    outputFlag,
    {
      name: 'overwrite',
      type: 'boolean',
      default: false,
      help: 'If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.',
    },
    selectorFlag,
    validateFlag,
  ],
  run: taint,
};

interface Taint {
  key: string;
  value?: string;
  effect: string;
}

async function taint({ session, args, flags, path }: Invocation): Promise<void> {
  const first = args.findIndex((arg) => arg.includes('=') || arg.includes(':') || arg.endsWith('-'));
  const named = first < 0 ? args : args.slice(0, first);
  const specs = first < 0 ? [] : args.slice(first);
  if (named.length < 1) throw new Failure('error: one or more resources must be specified as <resource> <name>');
  if (specs.length === 0) throw new Failure('error: at least one taint update is required');
  const changes = readChanges(specs, path);
  const found = await nodes();
  const outcome = new Outcome(session.io, flags, { tellsDryRun: false });
  const failures = new Failures();
  for (const located of found)
    await failures.attempt(async () => {
      const { object, resource } = located;
      const { name } = object.metadata;
      const { taints, word } = changed(object, changes, flags.on('overwrite'));
      const updated: AnyObject = { ...object, spec: { ...(object['spec'] as object), taints } };
      if (dryRunOf(flags) === 'client') return outcome.tell({ object: updated, resource }, word);
      const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined, fieldManager: flags.text('field-manager') };
      const { patch: body, contentType } = twoWay(located, updated);
      const result = await write(session.client, 'PATCH', pathOf(resource, { name }), { query, body, contentType });
      outcome.tell({ object: result.object, resource }, word);
    });
  failures.throwAny();

  async function nodes(): Promise<Located[]> {
    const [type = '', ...names] = named;
    const resource = await session.discovery.find(type).catch(() => {
      throw new Failure(`the server doesn't have a resource type ${JSON.stringify(type)}`);
    });
    if (resource.kind !== 'Node') throw new Failure(`error: invalid resource type ${type}, only node types are supported`);
    return objectsOnServer(session, ['nodes', ...names], flags);
  }
}

interface Change {
  taint: Taint;
  removes: boolean;
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function readChanges(specs: readonly string[], path: string): Change[] {
  const wrong = (message: string): Failure => usageFailure(path, message);
  const changes = specs.map((spec) => readChange(spec, wrong));
  const added = changes.filter(({ removes }) => !removes).map(({ taint }) => taint);
  const again = added.find((one, i) => added.slice(0, i).some((other) => isSame(other, one)));
  if (again) throw wrong(`duplicated taints with the same key and effect: {${again.key} ${again.value ?? ''} ${again.effect} <nil>}`);
  const both = changes.filter(({ taint, removes }) => removes && added.some((one) => isSame(one, taint)));
  if (both.length > 0)
    throw new Failure(
      `error: can not both modify and remove the following taint(s) in the same command: ${both.map(({ taint: { key, effect } }) => `${key}=${effect}`).join(', ')}`,
    );
  return changes;
}

function readChange(spec: string, wrong: (message: string) => Failure): Change {
  const removes = spec.endsWith('-');
  const text = removes ? spec.slice(0, -1) : spec;
  const invalid = (why = ''): Failure => wrong(`invalid taint spec: ${text}${why && `, ${why}`}`);
  const [pair = '', effect, ...more] = text.split(':');
  if (more.length > 0) throw invalid();
  if (effect !== undefined && !(removes && effect === '') && !effects.includes(effect))
    throw wrong(`invalid taint effect: ${effect}, unsupported taint effect`);
  const [key = '', value = '', ...values] = effect === undefined ? [pair] : pair.split('=');
  if (values.length > 0) throw invalid();
  const [bad] = [...isLabelValue(value), ...isQualifiedName(key)];
  if (bad !== undefined) throw invalid(bad);
  if (!effect && !removes) throw invalid();
  return { taint: { key, effect: effect ?? '', ...(value !== '' && { value }) }, removes };
}

/** `b` without an effect means all of them. */
const isSame = (a: Taint, b: Taint): boolean => a.key === b.key && (a.effect === b.effect || b.effect === '');

const named = ({ key, effect }: Taint): string => (effect === '' ? key : `${key}:${effect}`);

/** New taints stand before those that stay. */
function changed({ metadata, spec }: AnyObject, changes: readonly Change[], overwrite: boolean): { taints: Taint[]; word: string } {
  const { taints: old = [] } = (spec ?? {}) as { taints?: Taint[] };
  const added = changes.filter(({ removes }) => !removes).map(({ taint }) => taint);
  const removed = changes.filter(({ removes }) => removes).map(({ taint }) => taint);
  const taken = added.filter((one) => old.some((other) => isSame(other, one)));
  if (taken.length > 0 && !overwrite)
    throw new Failure(
      `error: node ${metadata.name} already has ${taken.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  const missing = removed.filter((one) => !old.some((other) => isSame(other, one)));
  if (missing.length > 0) throw new Failure(`error: ${missing.map((one) => `taint ${JSON.stringify(named(one))} not found`).join('\n')}`);
  const kept = old.filter((other) => ![...added, ...removed].some((one) => isSame(other, one)));
  const grows = added.length + kept.length + removed.length !== old.length;
  const word = overwrite || (grows && removed.length > 0 && added.length > 0) ? 'modified' : removed.length > 0 ? 'untainted' : 'tainted';
  return { taints: [...added, ...kept], word };
}
