import { isStatus } from '@t8s/meta';
import { type Located, objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, getObject } from '../../resources/requests.ts';
import { parseTargets } from '../../resources/targets.ts';
import { Failure, Failures } from '../failure.ts';
import { objectVersions, until } from '../object-versions.ts';
import { Outcome } from '../outcome.ts';
import { fileFlags, outputFlag, selectorFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { type Condition, parseCondition } from './condition.ts';

export const waitVerb: VerbBody = {
  about: 'Waits until all the resources meet the condition, or until the time is over: then the command fails.',
  examples: `# Wait for a pod to be ready
kubectl wait --for=condition=Ready pod/busybox1

# For a phase
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1

# For the end of a pod, up to a minute
kubectl wait --for=delete pod/busybox1 --timeout=60s`,
  usage:
    '([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available]',
  flags: [
    { name: 'all', type: 'boolean', default: false, help: 'Select all resources in the namespace of the specified resource types' },
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'boolean',
      default: false,
      help: 'If present, list the requested object(s) across all namespaces.',
    },
    { name: 'field-selector', type: 'string', help: "Selector (field query) to filter on, supports '=', '==', and '!='." },
    ...fileFlags('identifying the resource.'),
    {
      name: 'for',
      type: 'string',
      help: "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]].",
    },
    outputFlag,
    selectorFlag,
    {
      name: 'timeout',
      type: 'duration',
      default: '30s',
      help: "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait for a week.",
    },
  ],
  run: wait,
};

const week = 7 * 24 * 3_600_000;

async function wait(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const condition = parseCondition(flags.text('for'));
  const timeout = flags.number('timeout') < 0 ? week : flags.number('timeout');
  const signal = until(session.io.signal, timeout);
  const found = await foundBy(invocation, condition, signal);
  if (found.length === 0 && condition.kind !== 'delete') throw new Failure('error: no matching resources found');
  const outcome = new Outcome(session.io, flags);
  const failures = new Failures();
  for (const located of found)
    await failures.attempt(async () => {
      const last = timeout === 0 ? await once(invocation, located, condition) : await met(invocation, { located, condition, signal });
      outcome.tell({ object: last ?? located.object, resource: located.resource }, 'condition met');
    });
  failures.throwAny();
}

/** What is waited for; what is gone already needs no wait, what is still to come is waited for here. */
async function foundBy({ session, args, flags }: Invocation, condition: Condition, signal: AbortSignal): Promise<Located[]> {
  if (condition.kind === 'create') {
    const targets = flags.list('filename').length > 0 ? [] : await parseTargets(args, session.discovery);
    for (const { resource, name } of targets) {
      if (name === undefined) continue;
      const namespace = resource.namespaced ? session.namespace : undefined;
      for await (const object of objectVersions(session, { resource, namespace, name }, signal)) if (object) break;
      if (signal.aborted) throw timedOut(resource.resource, name);
    }
  }
  try {
    return await objectsOnServer(session, args, flags);
  } catch (error) {
    if (condition.kind === 'delete' && isStatus(error, 'NotFound')) return [];
    throw error;
  }
}

const timedOut = (resource: string, name = ''): Failure => new Failure(`error: timed out waiting for the condition on ${resource}/${name}`);

interface Waiting {
  located: Located;
  condition: Condition;
  signal: AbortSignal;
}

/** Resolves with the last version seen. */
async function met({ session }: Invocation, { located, condition, signal }: Waiting): Promise<AnyObject | undefined> {
  const { resource, namespace, object } = located;
  const followed = { resource, namespace: object.metadata.namespace ?? namespace, name: object.metadata.name ?? '' };
  for await (const version of objectVersions(session, followed, signal)) {
    // Another object of the same name is not the one whose end is waited for.
    const isGone = version === undefined || (condition.kind === 'delete' && version.metadata.uid !== object.metadata.uid);
    if (condition.isMet(isGone ? undefined : version)) return version;
  }
  throw timedOut(resource.resource, object.metadata.name);
}

async function once(
  { session }: Invocation,
  { resource, namespace, object }: Located,
  condition: Condition,
): Promise<AnyObject | undefined> {
  const { name } = object.metadata;
  const current = await getObject(session.client, resource, { namespace, name }).catch((error: unknown) => {
    if (condition.kind === 'delete' && isStatus(error, 'NotFound')) return undefined;
    throw error;
  });
  if (!condition.isMet(current)) throw new Failure(`error: condition not met for ${resource.resource}/${name}`);
  return current;
}
